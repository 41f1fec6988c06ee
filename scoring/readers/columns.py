"""Column names of IPAC's streak tables; values bear the operational names everywhere."""

# ruff: noqa: SIM905  (forty names read better in lines than one below the other)

OPERATIONAL = (
    "jd fid pid diffmaglim pdiffimfilename programpi programid streakid strid ra1 dec1 ra2 dec2 startmjd endmjd flux "
    "bg length sigma lengtherr sigmaerr paerr bgerr fitmagerr apsnr apmagerr dmag dmagerr chi2 numfit prob "
    "ra1err dec1err corr1 ra2err dec2err corr2"
).split()
EARLY = (
    "strid ra1 dec1 ra2 dec2 ra1_err dec1_err corr1 ra2_err dec2_err corr2 start_mjd end_mjd flux bg length sigma "
    "length_err sigma_err pa_err bg_err fit_mag_err ap_snr ap_mag_err dmag dmag_err chi2 numfit prob"
).split()
EARLY_AS_OPERATIONAL = [name.replace("_", "") for name in EARLY]

PLACE = "ra1 dec1 ra2 dec2 startmjd endmjd".split()  # a streak without one of these is nowhere or at no time
NAMES = "jd fid pid pdiffimfilename programpi streakid strid".split()  # who and when, not how the streak looks
MEASURED = [name for name in OPERATIONAL if name not in (*PLACE, *NAMES)]

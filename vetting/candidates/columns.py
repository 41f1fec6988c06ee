"""What the survey's columns mean: title, unit and one line of help for each name that ``Candidate.values`` may hold."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A column as people read it."""

    title: str
    unit: str = ""
    says: str = ""


COLUMNS: dict[str, Column] = {
    "flux": Column("Fitted flux", "DN", "total flux of the fitted streak"),
    "bg": Column("Background", "DN", "fitted local background"),
    "length": Column("Fitted length", "px", "the fit may give it a negative sign; its absolute value is meant"),
    "sigma": Column("Width", "px", "Gaussian σ of the cross profile; 0.8–1.5 px for a real streak"),
    "lengtherr": Column("Length error", "px", "1σ"),
    "sigmaerr": Column("Width error", "px", "1σ"),
    "paerr": Column("Position angle error", "rad", "1σ; IPAC's header says deg, its values are radians"),
    "bgerr": Column("Background error", "DN", "1σ"),
    "fitmagerr": Column("Fit magnitude error", "mag", "1σ, of the fitted flux"),
    "apsnr": Column("Aperture SNR", "", "signal to noise of the aperture photometry"),
    "apmagerr": Column("Aperture magnitude error", "mag", "1σ"),
    "dmag": Column("Magnitude difference", "mag", "aperture minus fit"),
    "dmagerr": Column("Magnitude difference error", "mag", "1σ"),
    "chi2": Column("χ² of the fit", "", "reduced"),
    "numfit": Column("Pixels fitted", "px²"),
    "prob": Column("IPAC probability", "", "random forest of the survey's pipeline: 1 is a real streak"),
    "ra1err": Column("RA error, first end", "deg", "1σ"),
    "dec1err": Column("Dec error, first end", "deg", "1σ"),
    "corr1": Column("RA–Dec correlation, first end"),
    "ra2err": Column("RA error, second end", "deg", "1σ"),
    "dec2err": Column("Dec error, second end", "deg", "1σ"),
    "corr2": Column("RA–Dec correlation, second end"),
    "exptime": Column("Exposure time", "s"),
    "magzp": Column("Zero point", "mag", "magnitude of 1 DN"),
    "fwhm": Column("Seeing", "px", "full width at half maximum of a star"),
    "diffmaglim": Column("Limiting magnitude", "mag", "5σ, of the difference image"),
    "jd": Column("Julian date", "d", "UTC, start of the exposure"),
    "fid": Column("Filter id", "", "1 g, 2 r, 3 i"),
    "pid": Column("Processing id", "", "names the quadrant image"),
    "rcid": Column("Readout channel", "", "0–63: (CCD − 1)·4 + quadrant − 1"),
    "programid": Column("Programme id"),
    "strid": Column("Streak number", "", "in its quadrant image"),
    "exposure_detections": Column("Detections in the exposure", "", "many mean a bad image or a slewing telescope"),
    "exposure_east": Column("Rest of the exposure, east", "arcsec", "median offset of its other detections"),
    "exposure_north": Column("Rest of the exposure, north", "arcsec", "median offset of its other detections"),
}


def described(values: Mapping[str, float]) -> list[tuple[str, Column, float]]:
    """Return name, meaning and value, known names first in their order above, then the rest by name."""
    order = {name: place for place, name in enumerate(COLUMNS)}
    names = sorted(values, key=lambda name: (order.get(name, len(order)), name))
    return [(name, COLUMNS.get(name, Column(name)), values[name]) for name in names]

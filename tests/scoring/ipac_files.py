"""Sample nights in IPAC's two layouts, written after their description: tables, cutouts and the traps between them."""

# ruff: noqa: SIM905  (columns read better in lines)

import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

IMAGE = "ztf_20180403358588_000719_zg_c11_o_q4"
PID = 457358594315
NIGHT = "20180403"
EARLY = (
    "strid ra1 dec1 ra2 dec2 ra1_err dec1_err corr1 ra2_err dec2_err corr2 start_mjd end_mjd flux bg length sigma "
    "length_err sigma_err pa_err bg_err fit_mag_err ap_snr ap_mag_err dmag dmag_err chi2 numfit prob"
).split()
UNITS = (
    "null deg deg deg deg deg deg null deg deg null days days dn dn pixels pixels pixels pixels deg dn mag null mag "
    "mag mag null null null"
).split()
OPERATIONAL = (
    "jd fid pid diffmaglim pdiffimfilename programpi programid streakid strid ra1 dec1 ra2 dec2 startmjd endmjd "
    "flux bg length sigma lengtherr sigmaerr paerr bgerr fitmagerr apsnr apmagerr dmag dmagerr chi2 numfit prob ra1err "
    "dec1err corr1 ra2err dec2err corr2"
).split()
Streak = Mapping[str, object]


def streak(strid: int, **changes: object) -> dict[str, object]:
    """One fitted streak 20 px long, somewhere in the quadrant, by the names of the operational table."""
    ra, dec = 210.1 + strid * 0.01, 38.2 + strid * 0.005
    values: dict[str, object] = dict.fromkeys(OPERATIONAL, 0.5)
    values |= {"strid": strid, "streakid": PID * 10_000 + strid, "pid": PID, "fid": 1, "programid": 2}
    values |= {"ra1": ra + 0.003, "dec1": dec - 0.001, "ra2": ra - 0.003, "dec2": dec + 0.001, "length": 20.0}
    values |= {"jd": 2458211.8585995, "startmjd": 58211.3585995, "endmjd": 58211.3589467, "programpi": "Kulkarni"}
    values |= {"pdiffimfilename": f"{IMAGE}_scimrefdiffimg.fits", "diffmaglim": 20.1, "flux": 650.0, "sigma": 1.1}
    return values | changes


def picture(size: tuple[int, int] = (157, 157), *, marks: Iterable[tuple[int, int]] = (), quality: int = 95) -> bytes:
    """A JPEG of sky and a dark streak through its centre; red pixels at `marks` (x, y) make it RGB."""
    nx, ny = size
    grey = np.random.default_rng(1).normal(204, 20, (ny, nx))
    y, x = np.mgrid[:ny, :nx]
    grey[(abs(y - ny // 2) < 2) & (abs(x - nx // 2) < 10)] = 40
    image = Image.fromarray(grey.clip(0, 255).astype(np.uint8))
    if marks := list(marks):
        image = image.convert("RGB")
        for place in marks:
            image.putpixel(place, (254, 0, 0))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality, subsampling=0)
    return file.getvalue()


def cutout_name(strid: int, pid: int = PID) -> str:
    return f"strkid{pid * 10_000 + strid}_pid{pid}_scimref.jpg"


def early_exposure(
    night: Path, streaks: Sequence[Streak], cutouts: Iterable[int] | None = None, *, image: str = IMAGE
) -> Path:
    """Write one exposure of the early layout; `cutouts` are the strids that have one (default: those of the rows)."""
    folder = night / image
    (folder / f"{image}_cutouts").mkdir(parents=True)
    lines = ["\\", "\\ " + ", ".join(EARLY), "\\ " + ", ".join(UNITS), "\\"]
    lines += [", ".join(str(row[name.replace("_", "")]) for name in EARLY) for row in streaks]
    (folder / f"{image}_streaksqa.txt").write_text("\n".join(lines) + "\n", encoding="ascii")
    for strid in [row["strid"] for row in streaks] if cutouts is None else cutouts:
        (folder / f"{image}_cutouts" / cutout_name(int(str(strid)))).write_bytes(picture())
    return folder


def operational_table(streaks: Sequence[Streak], *, frame: str = "") -> str:
    """A table with two header rows and a footer; `frame` is put before and behind every line."""
    rows = [" | ".join(str(row[name]) for name in OPERATIONAL) for row in streaks]
    lines = [" | ".join(OPERATIONAL), "-+-".join("-" * len(name) for name in OPERATIONAL), *rows]
    return "\n".join(f"{frame}{line}{frame}" for line in lines) + f"\n({len(rows)} rows)\n"


def operational_exposure(
    root: Path, streaks: Sequence[Streak], cutouts: Iterable[int] | None = None, *, frame: str = ""
) -> Path:
    """Write one exposure of the operational layout, with an ADES file beside every cutout."""
    meta, stamps = root / "meta" / NIGHT, root / "stamps" / f"stamps_{NIGHT}"
    meta.mkdir(parents=True, exist_ok=True)
    stamps.mkdir(parents=True, exist_ok=True)
    table = meta / f"{IMAGE}_streaks.txt"
    table.write_text(operational_table(streaks, frame=frame), encoding="ascii")
    for strid in [row["strid"] for row in streaks] if cutouts is None else cutouts:
        name = cutout_name(int(str(strid)))
        (stamps / name).write_bytes(picture())
        (stamps / name.replace("scimref.jpg", "ades.xml")).write_text("<ades/>", encoding="ascii")
    return table

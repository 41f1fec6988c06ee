// Where pixels lie on the sky: a TAN projection from the CD matrix, and its directions. Pixels are 0-based, y upwards.

const RAD = Math.PI / 180;

/** Right ascension and declination (degrees) of a pixel. */
export function skyOf(wcs, x, y) {
  const dx = x + 1 - wcs.crpix[0]; // FITS counts pixels from 1
  const dy = y + 1 - wcs.crpix[1];
  const xi = (wcs.cd[0][0] * dx + wcs.cd[0][1] * dy) * RAD;
  const eta = (wcs.cd[1][0] * dx + wcs.cd[1][1] * dy) * RAD;
  const dec0 = wcs.crval[1] * RAD;
  const depth = Math.cos(dec0) - eta * Math.sin(dec0);
  const ra = wcs.crval[0] + Math.atan2(xi, depth) / RAD;
  const dec = Math.atan2(Math.sin(dec0) + eta * Math.cos(dec0), Math.hypot(xi, depth)) / RAD;
  return [((ra % 360) + 360) % 360, dec];
}

/** Unit vectors (pixels, y upwards) towards north and east. */
export function compass(wcs) {
  const [[a, b], [c, d]] = wcs.cd;
  const det = a * d - b * c;
  return { north: unit(-b / det, a / det), east: unit(d / det, -c / det) };
}

function unit(x, y) {
  const length = Math.hypot(x, y);
  return [x / length, y / length];
}

function sexagesimal(value, digits) {
  const scale = 10 ** digits;
  const ticks = Math.round(value * 3600 * scale); // rounded once, so that 60 is carried
  const seconds = ((ticks % (60 * scale)) / scale).toFixed(digits).padStart(digits ? digits + 3 : 2, "0");
  const minutes = String(Math.floor(ticks / (60 * scale)) % 60).padStart(2, "0");
  return [Math.floor(ticks / (3600 * scale)), `${minutes}:${seconds}`];
}

export function raText(ra) {
  const [hours, rest] = sexagesimal(ra / 15, 2);
  return `${String(hours % 24).padStart(2, "0")}:${rest}`;
}

export function decText(dec) {
  const [degrees, rest] = sexagesimal(Math.abs(dec), 1);
  return `${dec < 0 ? "−" : "+"}${String(degrees).padStart(2, "0")}:${rest}`;
}

/** Position angle of a fitted streak, degrees east of north in [0, 180): its sense is not known. Null without ends. */
export function positionAngle({ wcs, streak }) {
  if (!wcs || !streak || streak.x1 === null || streak.x2 === null) return null;
  const [[ra1, dec1], [ra2, dec2]] = [skyOf(wcs, streak.x1, streak.y1), skyOf(wcs, streak.x2, streak.y2)].map((at) =>
    at.map((angle) => angle * RAD),
  );
  const east = Math.sin(ra2 - ra1) * Math.cos(dec2);
  const north = Math.cos(dec1) * Math.sin(dec2) - Math.sin(dec1) * Math.cos(dec2) * Math.cos(ra2 - ra1);
  return (((Math.atan2(east, north) / RAD) % 180) + 180) % 180;
}

// From pixel values to shares of the colour scale: limits and stretch. Pure functions over typed arrays.

const SCALE_OF_LOG = 1000; // as in DS9
const SCALE_OF_ASINH = 10;

export const STRETCHES = {
  linear: (t) => t,
  asinh: (t) => Math.asinh(SCALE_OF_ASINH * t) / Math.asinh(SCALE_OF_ASINH),
  sqrt: (t) => Math.sqrt(t),
  log: (t) => Math.log1p(SCALE_OF_LOG * t) / Math.log1p(SCALE_OF_LOG),
};

export const LIMITS = {
  zscale: { name: "zscale", of: (frame) => frame.zscale },
  sigma: { name: "−3…+10 σ", of: (frame) => aroundSky(sorted(frame), 3, 10) },
  sigma5: { name: "±5 σ", of: (frame) => aroundSky(sorted(frame), 5, 5) },
  p995: { name: "99.5 %", of: (frame) => percentiles(sorted(frame), 0.995) },
  p98: { name: "98 %", of: (frame) => percentiles(sorted(frame), 0.98) },
  all: { name: "min…max", of: (frame) => percentiles(sorted(frame), 1) },
};

/** Lowest and highest value shown; found once per frame and kind. Symmetric ones lie about the sky (its median). */
export function limits(frame, kind, isSymmetric = false) {
  const key = `${kind}${isSymmetric}`;
  frame.limits ??= {};
  frame.limits[key] ??= distinct(isSymmetric ? symmetric(frame, LIMITS[kind].of(frame)) : LIMITS[kind].of(frame));
  return frame.limits[key];
}

function symmetric(frame, [low, high]) {
  const sky = at(sorted(frame), 0.5);
  const half = Math.max(sky - low, high - sky);
  return [sky - half, sky + half];
}

function distinct([low, high]) {
  return high > low ? [low, high] : [low - 0.5, high + 0.5];
}

function sorted(frame) {
  frame.sorted ??= frame.pixels.filter(Number.isFinite).sort();
  return frame.sorted;
}

/** Share of the pixels that the survey has masked. */
export function maskedShare(frame) {
  return 1 - sorted(frame).length / frame.pixels.length;
}

function at(values, share) {
  return values.length ? values[Math.min(values.length - 1, Math.floor(share * values.length))] : 0;
}

function percentiles(values, share) {
  return [at(values, (1 - share) / 2), at(values, (1 + share) / 2)];
}

function aroundSky(values, below, above) {
  const median = at(values, 0.5);
  const sigma = (at(values, 0.8413) - at(values, 0.1587)) / 2; // robust: the streak is in neither
  return [median - below * sigma, median + above * sigma];
}

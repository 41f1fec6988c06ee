// Profiles of a fitted streak: mean values along it and across it, as points of the cutout's pixels. Pure.

const STEP = 0.5; // px
const BEYOND = 12; // px shown past either end, and to either side
const HALF_WIDTH = 1.5; // px about the ridge that the profile along the trail takes the mean of
const INSET = 1; // px of each end that the profile across the trail leaves out

export const FWHM_PER_SIGMA = 2.3548;

/** {length, along: [[s, value], …], across: [[d, value], …], fwhm, sky}; null without fitted ends. s from the first end, px. */
export function profiles(frame, streak) {
  if (!streak || streak.x1 === null || streak.x2 === null) return null;
  const { x1, y1, x2, y2 } = streak;
  const length = Math.hypot(x2 - x1, y2 - y1);
  if (length < STEP) return null;
  const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length];
  const value = (s, d) => sample(frame, x1 + s * ux - d * uy, y1 + s * uy + d * ux);
  const inner = length > 4 * INSET ? range(INSET, length - INSET) : range(0, length);
  const along = range(-BEYOND, length + BEYOND).map((s) => [s, mean(range(-HALF_WIDTH, HALF_WIDTH).map((d) => value(s, d)))]);
  const across = range(-BEYOND, BEYOND).map((d) => [d, mean(inner.map((s) => value(s, d)))]);
  const sky = median(across.filter(([d]) => Math.abs(d) > BEYOND / 2).map(([, v]) => v));
  return { length, along, across, sky, ...width(across, sky) };
}

function range(from, to) {
  return Array.from({ length: Math.floor((to - from) / STEP + 1e-9) + 1 }, (_, i) => from + i * STEP);
}

/** Value between four pixels; NaN where one of them is masked or outside. */
function sample({ pixels, width, height }, x, y) {
  const [left, low] = [Math.floor(x), Math.floor(y)];
  if (left < 0 || low < 0 || left >= width - 1 || low >= height - 1) return NaN;
  const [right, up, at] = [x - left, y - low, low * width + left];
  const lower = pixels[at] * (1 - right) + pixels[at + 1] * right;
  return lower * (1 - up) + (pixels[at + width] * (1 - right) + pixels[at + width + 1] * right) * up;
}

function mean(values) {
  const finite = values.filter(Number.isFinite);
  return finite.length ? finite.reduce((sum, value) => sum + value, 0) / finite.length : NaN;
}

function median(values) {
  const finite = values.filter(Number.isFinite).sort((a, b) => a - b);
  return finite.length ? finite[finite.length >> 1] : 0;
}

/** Where the profile across falls to half of its peak near the ridge; null where it does not on both sides. */
function width(across, sky) {
  const near = across.filter(([d, value]) => Math.abs(d) <= BEYOND / 3 && Number.isFinite(value));
  const [centre, peak] = near.reduce((best, point) => (point[1] > best[1] ? point : best), [0, -Infinity]);
  const half = sky + (peak - sky) / 2;
  const sides = [1, -1].map((sign) => {
    const points = across.filter(([d]) => sign * (d - centre) >= 0).sort((a, b) => sign * (a[0] - b[0]));
    const next = points.findIndex(([, value]) => value < half);
    if (next < 1) return null;
    const [[d0, v0], [d1, v1]] = [points[next - 1], points[next]];
    return d0 + ((v0 - half) / (v0 - v1)) * (d1 - d0);
  });
  return { centre, peak, fwhm: peak > sky && sides.every((at) => at !== null) ? sides[0] - sides[1] : null };
}

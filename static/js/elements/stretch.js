// From pixel values to greys: limits, stretch, and what is masked. Pure functions over typed arrays.

const STEPS = 1024; // of the table between the limits; the screen has 256

export const STRETCHES = {
  linear: (t) => t,
  asinh: (t) => Math.asinh(10 * t) / Math.asinh(10),
  sqrt: (t) => Math.sqrt(t),
  log: (t) => Math.log1p(1000 * t) / Math.log1p(1000),
};

export const LIMITS = {
  zscale: { name: "zscale", of: (frame) => frame.zscale },
  sigma: { name: "−3…+10 σ", of: (frame) => aroundSky(sorted(frame), 3, 10) },
  p995: { name: "99.5 %", of: (frame) => percentiles(sorted(frame), 0.995) },
  p98: { name: "98 %", of: (frame) => percentiles(sorted(frame), 0.98) },
  all: { name: "min…max", of: (frame) => percentiles(sorted(frame), 1) },
};

/** Lowest and highest value shown; found once per frame and kind of limits. */
export function limits(frame, kind) {
  frame.limits ??= {};
  frame.limits[kind] ??= distinct(LIMITS[kind].of(frame));
  return frame.limits[kind];
}

function distinct([low, high]) {
  return high > low ? [low, high] : [low - 0.5, high + 0.5];
}

function sorted(frame) {
  frame.sorted ??= frame.pixels.filter(Number.isFinite).sort();
  return frame.sorted;
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

/** Paint a frame into ImageData of its own size, row 0 at the bottom; `tint` [r, g, b] is the colour of what is masked. */
export function paint(image, frame, { limits: kind, stretch, inverted, tint }) {
  const [low, high] = limits(frame, kind);
  const table = greys(STRETCHES[stretch], inverted);
  const scale = STEPS / (high - low);
  const mask = (255 << 24) | (tint[2] << 16) | (tint[1] << 8) | tint[0];
  const out = new Uint32Array(image.data.buffer);
  const { width, height, pixels } = frame;
  for (let row = 0, from = 0; row < height; row += 1) {
    let to = (height - 1 - row) * width;
    for (const end = from + width; from < end; from += 1, to += 1) {
      const value = pixels[from];
      if (value !== value) out[to] = mask; // NaN
      else out[to] = table[Math.max(0, Math.min(STEPS, ((value - low) * scale) | 0))];
    }
  }
  return image;
}

const tables = new Map();

function greys(stretch, inverted) {
  const key = `${stretch}${inverted}`;
  if (!tables.has(key)) {
    const table = new Uint32Array(STEPS + 1);
    for (let step = 0; step <= STEPS; step += 1) {
      const share = stretch(step / STEPS);
      const grey = Math.round(255 * (inverted ? 1 - share : share));
      table[step] = (255 << 24) | (grey << 16) | (grey << 8) | grey;
    }
    tables.set(key, table);
  }
  return tables.get(key);
}

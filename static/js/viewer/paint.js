// Painting a frame: values through limits, stretch, contrast and colours into ImageData of the frame's own size.

import { COLOURS, colourTable } from "./colours.js";
import { STRETCHES } from "./stretch.js";

const STEPS = 8192; // of the table between the limits: the steepest stretch needs them at its foot
const KEPT = 8;

/**
 * Row 0 of the frame comes at the bottom. `look`: limits [low, high], stretch, colours, isInverted, contrast and bias
 * (as in DS9: of the colour scale, 1 and 0.5 change nothing), masked: the two colours of the hatching.
 */
export function paint(image, frame, look) {
  const [low, high] = look.limits;
  const table = tableOf(look);
  const scale = STEPS / (high - low);
  const hatch = look.masked.map(([red, green, blue]) => (255 << 24) | (blue << 16) | (green << 8) | red);
  const out = new Uint32Array(image.data.buffer);
  const { width, height, pixels } = frame;
  for (let row = 0, from = 0; row < height; row += 1) {
    let to = (height - 1 - row) * width;
    const slant = row - from;
    for (const end = from + width; from < end; from += 1, to += 1) {
      const value = pixels[from];
      if (value !== value) out[to] = hatch[((from + slant) >> 1) & 1]; // NaN: slanted lines two pixels wide
      else out[to] = table[value <= low ? 0 : value >= high ? STEPS : ((value - low) * scale) | 0];
    }
  }
  return image;
}

const tables = new Map(); // the order of a Map is the order of use

function tableOf({ stretch, colours, isInverted, contrast, bias }) {
  const key = [stretch, colours, isInverted, contrast, bias].join();
  const found = tables.get(key) ?? made(curveOf(stretch, COLOURS[colours].isDiverging), colourTable(colours, isInverted), contrast, bias);
  tables.delete(key);
  tables.set(key, found);
  if (tables.size > KEPT) tables.delete(tables.keys().next().value);
  return found;
}

function made(curve, colours, contrast, bias) {
  const top = colours.length - 1;
  const table = new Uint32Array(STEPS + 1);
  for (let step = 0; step <= STEPS; step += 1) {
    const share = (curve[step] - bias) * contrast + 0.5;
    table[step] = colours[share <= 0 ? 0 : share >= 1 ? top : (share * top + 0.5) | 0];
  }
  return table;
}

const curves = new Map();

/** The stretch at every step; about the middle for colours that diverge there. */
function curveOf(stretch, isDiverging) {
  const key = `${stretch}${isDiverging}`;
  if (!curves.has(key)) {
    const of = STRETCHES[stretch];
    const both = (t) => 0.5 + (Math.sign(t - 0.5) * of(Math.abs(2 * t - 1))) / 2;
    curves.set(key, Float32Array.from({ length: STEPS + 1 }, (_, step) => (isDiverging ? both : of)(step / STEPS)));
  }
  return curves.get(key);
}

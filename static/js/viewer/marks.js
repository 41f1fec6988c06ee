// What stands over the pixels, as lines and texts in CSS px: streak's ends, motion, north and east, scale bar, cursor.

import { compass } from "./sky.js";

const GAP = 5; // px of the cutout between an end and its mark: the streak itself stays free
const MARK = 9; // px of the cutout, length of a mark
const BESIDE = 11; // px of the cutout between streak and motion arrow
const BARS = [300, 200, 120, 60, 30, 20, 10, 5, 2, 1, 0.5]; // arcsec
const LARGEST_BAR = 0.24; // of the side

/** Marks of a panel: [{name, lines: [[x, y], …][], texts: [{text, at, size, align}]}]. `place` turns px of the cutout into px of the screen. */
export function marksOf(geometry, { place, scale, side }, shown, at) {
  const { streak, wcs } = geometry;
  const hasEnds = streak && streak.x1 !== null && streak.x2 !== null;
  const marks = [];
  if (shown.ends && hasEnds) marks.push(ends(streak, place));
  if (shown.motion && hasEnds && wcs) marks.push(motion(streak, place, { scale, side, rate: geometry.rate }));
  if (shown.compass && wcs) marks.push(...arrows(wcs, side));
  if (shown.bar && geometry.scale) marks.push(bar(geometry.scale, side, scale));
  if (at) marks.push(cross(place(at.x, at.y), side));
  return marks;
}

function along({ x1, y1, x2, y2 }) {
  const length = Math.hypot(x2 - x1, y2 - y1) || 1;
  return { length, ux: (x2 - x1) / length, uy: (y2 - y1) / length };
}

/** A line on either side, on the streak's own line and outside it. */
function ends(streak, place) {
  const { ux, uy } = along(streak);
  const lines = [[streak.x1, streak.y1, -1], [streak.x2, streak.y2, 1]].map(([x, y, sign]) =>
    [GAP, GAP + MARK].map((far) => place(x + sign * far * ux, y + sign * far * uy)),
  );
  return { name: "ends", lines, texts: [] };
}

/** An arrow with two heads beside the streak, as long as it: it moved one way or the other. */
function motion(streak, place, { scale, side, rate }) {
  const { length, ux, uy } = along(streak);
  const beside = Math.max(BESIDE, 16 / scale);
  const sign = ux < 0 || (ux === 0 && uy > 0) ? -1 : 1; // above the streak on the screen, however its ends are ordered
  const [nx, ny] = [-uy * sign * beside, ux * sign * beside];
  const half = Math.max(0, 14 / scale - length / 2); // two heads need room
  const from = place(streak.x1 + nx - half * ux, streak.y1 + ny - half * uy);
  const to = place(streak.x2 + nx + half * ux, streak.y2 + ny + half * uy);
  const angle = Math.atan2(to[1] - from[1], to[0] - from[0]);
  const size = Math.max(6, side * 0.018);
  const texts = rate && side > 220 ? [label(rate, from, to, [nx, -ny], side)] : [];
  return { name: "motion", lines: [[from, to], head(to, angle, size), head(from, angle + Math.PI, size)], texts };
}

/** The rate beyond the middle of the arrow, on the side away from the streak: `away` is that direction on the screen. */
function label(rate, from, to, away, side) {
  const size = Math.max(11, side / 38);
  const length = Math.hypot(...away);
  const [right, down] = away.map((part) => part / length);
  const far = size * (0.8 + 1.6 * Math.abs(right)); // a text is wider than high
  const at = [(from[0] + to[0]) / 2 + right * far, (from[1] + to[1]) / 2 + down * far];
  return { text: `±${rate.toFixed(rate < 10 ? 1 : 0)}°/d`, at, size, align: "center" };
}

function arrows(wcs, side) {
  const directions = compass(wcs);
  const length = Math.max(20, Math.min(64, side * 0.075));
  const margin = length * 0.75 + 8;
  const tips = ["north", "east"].map((name) => [name, directions[name][0] * length, -directions[name][1] * length]);
  // The foot stands so far from the corner that both arrows and their letters lie inside it.
  const foot = [margin - Math.min(0, ...tips.map((tip) => tip[1])), side - margin - Math.max(0, ...tips.map((tip) => tip[2]))];
  return tips.map(([name, dx, dy]) => {
    const tip = [foot[0] + dx, foot[1] + dy];
    const letter = { text: name[0].toUpperCase(), at: [foot[0] + dx * 1.36, foot[1] + dy * 1.36], size: Math.max(10, length * 0.36), align: "center" };
    return { name, lines: [[foot, tip], head(tip, Math.atan2(dy, dx), length * 0.22)], texts: [letter] };
  });
}

function head([x, y], angle, size) {
  const wing = (turn) => [x - size * Math.cos(angle + turn), y - size * Math.sin(angle + turn)];
  return [wing(0.45), [x, y], wing(-0.45)];
}

/** The longest round number of arcsec that takes less than a quarter of the side. */
function bar(arcsecPerPixel, side, scale) {
  const arcsec = BARS.find((length) => (length / arcsecPerPixel) * scale <= LARGEST_BAR * side) ?? BARS.at(-1);
  const length = (arcsec / arcsecPerPixel) * scale;
  const size = Math.max(11, Math.round(side / 34));
  const [right, y] = [side - size, side - size];
  const line = [[right - length, y - 4], [right - length, y], [right, y], [right, y - 4]];
  return { name: "bar", arcsec, lines: [line], texts: [{ text: `${arcsec}″`, at: [right - length / 2, y - size * 0.9], size, align: "center" }] };
}

function cross([x, y], side) {
  const [gap, arm] = [Math.max(6, side * 0.02), Math.max(12, side * 0.045)];
  const lines = [[1, 0], [-1, 0], [0, 1], [0, -1]].map(([dx, dy]) => [[x + gap * dx, y + gap * dy], [x + arm * dx, y + arm * dy]]);
  return { name: "cursor", lines, texts: [] };
}

// What is drawn over the pixels: the fitted streak's ends, north and east, the scale bar, the cross of the other frames.

import { compass } from "./sky.js";

const BAR_ARCSEC = 10;
const GAP = 5; // px of the cutout between an end and its mark: the streak itself stays free
const MARK = 9; // px of the cutout, length of a mark

/** Draw into a canvas of `side` CSS px; `zoom` CSS px per pixel of the cutout, `height` pixels of the cutout. */
export function drawMarks(context, { geometry, height, side, zoom, colour, rim, hover, isOn }) {
  const place = (x, y) => [(x + 0.5) * zoom, (height - y - 0.5) * zoom];
  context.clearRect(0, 0, side, side);
  context.lineJoin = context.lineCap = "round";
  context.colours = [rim, colour];
  context.widths = [Math.max(3.5, side / 110), Math.max(1.5, side / 260)];
  if (isOn && geometry.streak) ends(context, geometry.streak, place);
  if (isOn && geometry.wcs) arrows(context, geometry.wcs, side);
  if (isOn && geometry.scale) bar(context, geometry.scale, side, zoom);
  if (hover) cross(context, place(hover.x, hover.y), side);
}

/** A line on either side, on the streak's own line and outside it. */
function ends(context, { x1, y1, x2, y2 }, place) {
  if (x1 === null || x2 === null) return;
  const length = Math.hypot(x2 - x1, y2 - y1) || 1;
  const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length];
  for (const [x, y, sign] of [[x1, y1, -1], [x2, y2, 1]]) {
    stroke(context, [
      place(x + sign * GAP * ux, y + sign * GAP * uy),
      place(x + sign * (GAP + MARK) * ux, y + sign * (GAP + MARK) * uy),
    ]);
  }
}

function arrows(context, wcs, side) {
  const { north, east } = compass(wcs);
  const length = Math.max(20, Math.min(64, side * 0.075));
  const margin = length * 0.75 + 8;
  const tips = [["N", north], ["E", east]].map(([name, [x, y]]) => [name, x * length, -y * length]);
  // The foot stands so far from the corner that both arrows and their letters lie inside it.
  const foot = [margin - Math.min(0, ...tips.map((tip) => tip[1])), side - margin - Math.max(0, ...tips.map((tip) => tip[2]))];
  context.font = `600 ${Math.max(10, Math.round(length * 0.36))}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const [name, dx, dy] of tips) {
    const tip = [foot[0] + dx, foot[1] + dy];
    stroke(context, [foot, tip]);
    head(context, tip, Math.atan2(dy, dx), length * 0.22);
    write(context, name, foot[0] + dx * 1.36, foot[1] + dy * 1.36);
  }
}

function head(context, [x, y], angle, size) {
  const wing = (turn) => [x - size * Math.cos(angle + turn), y - size * Math.sin(angle + turn)];
  stroke(context, [wing(0.45), [x, y], wing(-0.45)]);
}

function bar(context, scale, side, zoom) {
  const length = (BAR_ARCSEC / scale) * zoom;
  const size = Math.max(11, Math.round(side / 34));
  const [right, y] = [side - size, side - size];
  stroke(context, [[right - length, y - 3], [right - length, y], [right, y], [right, y - 3]]);
  context.font = `600 ${size}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "alphabetic";
  write(context, `${BAR_ARCSEC}″`, right - length / 2, y - size * 0.45);
}

function cross(context, [x, y], side) {
  const gap = Math.max(6, side * 0.02);
  const arm = Math.max(12, side * 0.045);
  for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
    stroke(context, [[x + gap * dx, y + gap * dy], [x + arm * dx, y + arm * dy]]);
  }
}

/** Every line twice: the sky below it may be as bright as the line, so it stands on a rim. */
function stroke(context, points) {
  for (const pass of [0, 1]) {
    context.strokeStyle = context.colours[pass];
    context.lineWidth = context.widths[pass];
    context.beginPath();
    points.forEach(([x, y], index) => (index ? context.lineTo(x, y) : context.moveTo(x, y)));
    context.stroke();
  }
}

function write(context, text, x, y) {
  context.strokeStyle = context.colours[0];
  context.lineWidth = 3;
  context.strokeText(text, x, y);
  context.fillStyle = context.colours[1];
  context.fillText(text, x, y);
}

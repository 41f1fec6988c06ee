// Files to keep. The view as a PNG: what is on the screen, side by side, with a line that says what it is; a frame as FITS.

import { saveFile } from "../save_file.js";

const GAP = 6; // px
const LINE = 22;
const TIMEOUT_MS = 60000;

export async function savePng(panels, view, { name, text }) {
  const canvas = compose(panels, view, text);
  saveFile(await new Promise((resolve) => canvas.toBlob(resolve, "image/png")), `${name}.png`);
}

/** Fetch a file of our server and save it; the page stays where it is, whatever the answer. */
export async function saveFits(address, name) {
  const response = await fetch(address, { redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(() => null);
  if (!response) throw new Error("the server does not answer");
  if (response.type === "opaqueredirect") throw new Error("your session has ended");
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  saveFile(await response.blob(), `${name}.fits`);
}

function compose(panels, view, text) {
  const side = Math.max(...panels.map((panel) => panel.overlay.width));
  const canvas = document.createElement("canvas");
  canvas.width = panels.length * (side + GAP) - GAP;
  canvas.height = side + 2 * LINE;
  const context = canvas.getContext("2d");
  context.fillStyle = "#0b0e14";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingEnabled = false;
  context.font = "14px system-ui, sans-serif";
  context.fillStyle = "#d9e0ea";
  panels.forEach((panel, place) => {
    const left = place * (side + GAP);
    drawSky(context, panel, view, left, side);
    context.drawImage(panel.overlay, left, 0, side, side);
    context.fillText(`${panel.frame.kind}  ${panel.range}`, left + 4, side + LINE - 6);
  });
  context.fillText(text, 4, side + 2 * LINE - 6);
  return canvas;
}

/** The pixels as the panel shows them at this zoom and place. */
function drawSky(context, { pixels }, view, left, side) {
  const scale = view.scale(side);
  const [x, y] = view.placer(side)(-0.5, pixels.height - 0.5);
  context.save();
  context.beginPath();
  context.rect(left, 0, side, side);
  context.clip();
  context.drawImage(pixels, left + x, y, pixels.width * scale, pixels.height * scale);
  context.restore();
}

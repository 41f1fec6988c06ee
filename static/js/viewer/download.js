// The view as a PNG: what is on the screen, side by side, with a line that says what it is.

const GAP = 6; // px
const LINE = 22;

export async function savePng(panels, view, { name, text }) {
  const canvas = compose(panels, view, text);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${name}.png`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
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

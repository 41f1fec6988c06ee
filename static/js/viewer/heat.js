// A map over the pixels: what speaks for a score in orange, what speaks against it in blue, as strong as it moves it.

const FOR = [255, 140, 0];
const AGAINST = [40, 130, 255];
const STRONGEST = 190; // of 255: the pixels stay visible below

/** A canvas as large as the frame. `map`: {width, height, pixels}, row 0 at the bottom, the fall of the score in log-odds. */
export function heatOf({ width, height, pixels }) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const image = new ImageData(width, height);
  const most = pixels.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const share = pixels[row * width + column] / most;
      image.data.set([...(share > 0 ? FOR : AGAINST), STRONGEST * Math.abs(share)], 4 * ((height - 1 - row) * width + column));
    }
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

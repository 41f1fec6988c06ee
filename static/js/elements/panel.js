// One frame on the screen: its pixels on one canvas, the marks on a second one above it.

import { drawMarks } from "./marks.js";
import { paint } from "./stretch.js";

const NAMES = { SCI: "science", REF: "reference", DIFF: "difference" };

export class Panel {
  constructor(kind) {
    this.kind = kind;
    this.frame = null;
    this.figure = document.createElement("figure");
    this.figure.className = "frame";
    this.figure.dataset.kind = kind;
    this.figure.innerHTML = `
      <div class="frame-sky">
        <canvas class="frame-pixels" role="img"></canvas>
        <canvas class="frame-marks" aria-hidden="true"></canvas>
        <p class="frame-text" hidden></p>
      </div>
      <figcaption><strong>${kind}</strong> <span>${NAMES[kind]}</span> <span class="frame-reading"></span></figcaption>`;
    this.sky = this.figure.querySelector(".frame-sky");
    this.pixels = this.figure.querySelector(".frame-pixels");
    this.marks = this.figure.querySelector(".frame-marks");
    this.text = this.figure.querySelector(".frame-text");
    this.caption = this.figure.querySelector("figcaption");
    this.small = document.createElement("canvas");
  }

  /** Show another frame of the same sky; blinking passes the frame of another panel. */
  show(frame, settings) {
    this.frame = frame;
    this.say("");
    if (this.small.width !== frame.width || this.small.height !== frame.height || !this.image) {
      this.small.width = frame.width;
      this.small.height = frame.height;
      this.image = new ImageData(frame.width, frame.height);
    }
    this.small.getContext("2d").putImageData(paint(this.image, frame, settings), 0, 0);
    this.enlarge();
    this.caption.querySelector("strong").textContent = frame.kind;
    this.caption.querySelector("span").textContent = NAMES[frame.kind];
    this.pixels.setAttribute("aria-label", `${NAMES[frame.kind]} image, ${frame.width} by ${frame.height} pixels`);
  }

  /** Say in place of the pixels why there are none. */
  say(text) {
    this.text.textContent = text;
    this.text.hidden = !text;
    if (text) {
      this.frame = null;
      this.pixels.getContext("2d").clearRect(0, 0, this.pixels.width, this.pixels.height);
      this.marks.getContext("2d").clearRect(0, 0, this.marks.width, this.marks.height);
    }
  }

  /** Whole screen pixels for every pixel of the cutout, then at most a slight shrinking by the browser: even and sharp. */
  enlarge() {
    const wanted = (this.sky.clientWidth || 157) * devicePixelRatio;
    const times = Math.max(1, Math.ceil(wanted / this.frame.width - 0.01));
    const [width, height] = [this.frame.width * times, this.frame.height * times];
    if (this.pixels.width !== width || this.pixels.height !== height) {
      this.pixels.width = width;
      this.pixels.height = height;
    }
    const context = this.pixels.getContext("2d");
    context.imageSmoothingEnabled = false;
    context.drawImage(this.small, 0, 0, width, height);
  }

  mark(geometry, { hover, isOn }) {
    if (!this.frame) return;
    const side = this.sky.clientWidth;
    const size = Math.round(side * devicePixelRatio);
    if (this.marks.width !== size) this.marks.width = this.marks.height = size;
    const context = this.marks.getContext("2d");
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    const { color: colour, outlineColor: rim } = getComputedStyle(this.marks);
    const zoom = side / this.frame.width;
    drawMarks(context, { geometry, height: this.frame.height, side, zoom, colour, rim, hover, isOn });
  }

  /** What is under the cursor, in the caption: nothing moves when it appears. */
  read(text) {
    this.caption.querySelector(".frame-reading").textContent = text;
  }

  /** The pixel (0-based, y upwards) under a pointer event, or null outside. */
  pixelAt(event) {
    if (!this.frame) return null;
    const box = this.sky.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * this.frame.width - 0.5;
    const y = ((box.bottom - event.clientY) / box.height) * this.frame.height - 0.5;
    const [column, row] = [Math.round(x), Math.round(y)];
    if (column < 0 || row < 0 || column >= this.frame.width || row >= this.frame.height) return null;
    return { x, y, column, row, value: this.frame.pixels[row * this.frame.width + column] };
  }
}

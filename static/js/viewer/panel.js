// One frame on the screen: its pixels on one canvas, the marks on a second one above it.

import { colourTable } from "./colours.js";
import { drawMarks } from "./draw.js";
import { marksOf } from "./marks.js";
import { paint } from "./paint.js";
import { maskedShare } from "./stretch.js";

const NAMES = { SCI: "science", REF: "reference", DIFF: "difference" };

export class Panel {
  constructor() {
    this.frame = null;
    this.marks = [];
    this.figure = document.createElement("figure");
    this.figure.className = "frame";
    this.figure.innerHTML = `
      <div class="frame-sky">
        <canvas class="frame-pixels" role="img"></canvas>
        <canvas class="frame-marks" aria-hidden="true"></canvas>
        <p class="frame-text" hidden></p>
      </div>
      <canvas class="frame-scale" width="256" height="1" aria-hidden="true"></canvas>
      <figcaption><strong></strong> <span class="frame-name"></span> <span class="frame-masked" hidden></span> <span class="frame-reading"></span></figcaption>`;
    const find = (name) => this.figure.querySelector(name);
    this.sky = find(".frame-sky");
    this.pixels = find(".frame-pixels");
    this.overlay = find(".frame-marks");
    this.text = find(".frame-text");
    this.scaleBar = find(".frame-scale");
    this.reading = find(".frame-reading");
    this.masked = find(".frame-masked");
  }

  /** Which frame has its place here; blinking shows others in it. */
  set kind(kind) {
    if (this.kind !== kind) this.figure.dataset.kind = kind;
    this.name(kind);
  }

  get kind() {
    return this.figure.dataset.kind;
  }

  /** CSS px, asked of the browser once for each size: asking lays the page out. */
  get side() {
    this.measured ??= this.sky.clientWidth || 157;
    return this.measured;
  }

  name(kind) {
    if (this.named === kind) return;
    this.named = kind;
    this.figure.querySelector("strong").textContent = kind;
    this.figure.querySelector(".frame-name").textContent = NAMES[kind];
  }

  show(frame, look, view) {
    const isOther = this.frame !== frame;
    this.frame = frame;
    this.look = look;
    if (isOther) this.introduce(frame);
    if (this.image?.width !== frame.width || this.image.height !== frame.height) {
      this.pixels.width = frame.width;
      this.pixels.height = frame.height;
      this.image = new ImageData(frame.width, frame.height);
    }
    const context = this.pixels.getContext("2d");
    context.putImageData(paint(this.image, frame, look), 0, 0);
    if (look.heat) context.drawImage(look.heat, 0, 0);
    this.enlarge(view);
    this.key(look);
    if (this.isRead) this.read(this.at); // the pointer rests, and another frame came under it
  }

  introduce(frame) {
    this.say("");
    this.name(frame.kind);
    this.pixels.setAttribute("aria-label", `${NAMES[frame.kind]} image, ${frame.width} by ${frame.height} pixels`);
    const share = 100 * maskedShare(frame);
    this.masked.hidden = share === 0;
    this.masked.textContent = `masked ${share < 1 ? "<1" : Math.round(share)} %`;
  }

  /** Say in place of the pixels why there are none. */
  say(text) {
    this.text.textContent = text;
    this.text.hidden = !text;
    if (!text) return;
    this.frame = null;
    this.masked.hidden = true;
    this.reading.textContent = "";
    for (const canvas of [this.pixels, this.overlay, this.scaleBar]) canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
  }

  /** The canvas has the cutout's own pixels; the browser enlarges and moves it, which costs the page nothing. */
  enlarge(view) {
    const { width, height } = this.frame;
    const right = (width - 1) / 2 - view.x;
    const down = view.y - (height - 1) / 2;
    const transform = `scale(${view.zoom}) translate(${(100 * right) / width}%, ${(100 * down) / height}%)`;
    if (this.transform !== transform) this.pixels.style.transform = this.transform = transform;
  }

  /** The key to the colours: from the lowest value shown to the highest. */
  key({ colours, isInverted, limits }) {
    const image = new ImageData(256, 1);
    new Uint32Array(image.data.buffer).set(colourTable(colours, isInverted));
    this.scaleBar.getContext("2d").putImageData(image, 0, 0);
    this.range = limits.map((value) => this.number(value)).join(" … ") + ` ${this.frame.unit}`;
    if (!this.isRead && this.reading.textContent !== this.range) this.reading.textContent = this.range;
  }

  number(value) {
    return value.toFixed(this.frame.unit === "σ" || Math.abs(value) < 10 ? 2 : 1).replace("-", "−");
  }

  /** Colours of rim and line, asked of the style sheet once for each sky. */
  get ink() {
    const sky = this.look.isInverted ? "light" : "dark";
    if (this.figure.dataset.sky !== sky || !this.inked) {
      this.figure.dataset.sky = sky;
      const { color, outlineColor } = getComputedStyle(this.overlay);
      this.inked = [outlineColor, color];
    }
    return this.inked;
  }

  mark(geometry, shown, at, view) {
    if (!this.frame) return;
    const { side } = this;
    const size = Math.round(side * devicePixelRatio);
    if (this.overlay.width !== size) this.overlay.width = this.overlay.height = size;
    const context = this.overlay.getContext("2d");
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    this.marks = marksOf(geometry, { place: view.placer(side), scale: view.scale(side), side }, shown, at);
    drawMarks(context, this.marks, { side, colours: this.ink });
  }

  /** The value of a pixel, in the caption in place of the range: nothing moves when it appears. */
  read(at) {
    this.at = at;
    this.isRead = Boolean(at && this.frame);
    if (!this.frame) return;
    if (at) this.reading.textContent = Number.isNaN(this.valueAt(at)) ? "masked" : `${this.number(this.valueAt(at))} ${this.frame.unit}`;
    else this.reading.textContent = this.range ?? "";
  }

  valueAt({ x, y }) {
    return this.frame.pixels[Math.round(y) * this.frame.width + Math.round(x)];
  }

  /** The pixel under a pointer event, or null outside the cutout. */
  pixelAt(event, view) {
    if (!this.frame) return null;
    const box = this.sky.getBoundingClientRect();
    const { x, y } = view.pixelAt((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
    const isInside = x > -0.5 && y > -0.5 && x < this.frame.width - 0.5 && y < this.frame.height - 0.5;
    return isInside ? { x, y } : null;
  }
}

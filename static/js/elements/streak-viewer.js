// <streak-viewer src="/candidates/1/frames/">: the frames of a candidate, drawn here from their arrays.
// Events: "drawn" (the pixels are on the canvas), "missing" (it is certain that there are none), "waiting".

import { load, Missing, peek } from "./frames.js";
import { Panel } from "./panel.js";
import { decText, raText, skyOf } from "./sky.js";
import { Toolbar } from "./viewer-toolbar.js";

const BLINK_MS = 500; // two changes a second: three would be the safe limit
const RETRY_MS = [1000, 2000, 4000, 8000];
const ORDER = ["SCI", "REF", "DIFF"];
const still = matchMedia("(prefers-reduced-motion: reduce)");
const darkSystem = matchMedia("(prefers-color-scheme: dark)");

export class StreakViewer extends HTMLElement {
  static observedAttributes = ["src"];

  connectedCallback() {
    if (!this.panels) this.build();
    this.resizing = new ResizeObserver(() => this.redraw());
    this.resizing.observe(this.stage);
    this.theming = new MutationObserver(() => this.repaint());
    this.theming.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    this.onSystemTheme = () => this.repaint();
    darkSystem.addEventListener("change", this.onSystemTheme);
    if (this.src && !this.frames) this.open(this.src);
  }

  disconnectedCallback() {
    this.resizing.disconnect();
    this.theming.disconnect();
    darkSystem.removeEventListener("change", this.onSystemTheme);
    this.stopBlink();
    clearTimeout(this.retry);
  }

  attributeChangedCallback(_name, _before, src) {
    if (this.panels && src) this.open(src);
  }

  get src() {
    return this.getAttribute("src");
  }

  build() {
    this.panels = [];
    this.stage = document.createElement("div");
    this.stage.className = "frames";
    this.stage.addEventListener("pointermove", (event) => this.hover(event));
    this.stage.addEventListener("pointerleave", () => this.hover(null));
    this.toolbar = new Toolbar((settings) => this.apply(settings), () => this.blink());
    this.replaceChildren(this.stage, this.toolbar.element);
  }

  /** Show the frames of an address: at once where they have come already. */
  open(src) {
    clearTimeout(this.retry);
    this.attempt = 0;
    this.stopBlink();
    this.frames = null;
    this.become("waiting");
    const known = peek(src);
    if (known) {
      this.show(known);
      return;
    }
    for (const panel of this.panels) panel.say("…");
    this.fetch(src);
  }

  async fetch(src) {
    try {
      const frames = await load(src);
      if (src === this.src && this.isConnected) this.show(frames);
    } catch (error) {
      if (src !== this.src || !this.isConnected) return;
      if (error instanceof Missing) this.lack(error.message);
      else this.wait(src, error.message);
    }
  }

  wait(src, reason) {
    this.message(`The pixels cannot be fetched: ${reason}. Trying again …`);
    const delay = RETRY_MS[Math.min(this.attempt, RETRY_MS.length - 1)];
    this.attempt += 1;
    this.retry = setTimeout(() => this.fetch(src), delay);
    this.become("waiting", reason);
  }

  lack(reason) {
    this.message(`No pixels: ${reason}`);
    this.become("missing", reason);
  }

  /** One panel for every frame that came, broken ones too; a text where there is none at all. */
  arrange(kinds) {
    const wanted = ORDER.filter((kind) => kinds.has(kind));
    if (wanted.join() === this.panels.map((panel) => panel.kind).join()) return;
    this.panels = wanted.map((kind) => new Panel(kind));
    this.stage.replaceChildren(...this.panels.map((panel) => panel.figure));
    this.stage.dataset.count = wanted.length;
    this.dataset.count = wanted.length;
  }

  message(text) {
    if (!this.panels.length) this.arrange(new Set(["DIFF"]));
    for (const panel of this.panels) panel.say(panel.kind === "DIFF" || this.panels.length === 1 ? text : "–");
  }

  show(frames) {
    this.frames = frames;
    if (frames.frames.length === 0) {
      this.lack("the survey sent none for this candidate.");
      return;
    }
    this.arrange(new Set(frames.frames.map((frame) => frame.kind)));
    this.toolbar.canBlink(frames.shown.length > 1);
    this.repaint();
    for (const { kind, error } of frames.broken) this.panel(kind).say(`Cannot be shown: ${error}`);
    this.become(frames.shown.length ? "drawn" : "missing", frames.broken.map((frame) => frame.error).join("; "));
  }

  panel(kind) {
    return this.panels.find((panel) => panel.kind === kind);
  }

  /** "waiting", "drawn" or "missing". */
  get state() {
    return this.dataset.state ?? "waiting";
  }

  /** The state is an attribute, so that style and tests see it, and an event for the page. */
  become(state, reason = "") {
    this.dataset.state = state;
    this.dispatchEvent(new CustomEvent(state, { detail: { src: this.src, reason } }));
  }

  // Settings

  get isDark() {
    const theme = document.documentElement.dataset.theme;
    return theme ? theme === "dark" : darkSystem.matches;
  }

  /** Bright streak on dark sky in the dark theme, dark on light in the light one; `i` turns either round. */
  get painting() {
    const { stretch, limits, isTurned } = this.toolbar.settings;
    const tint = getComputedStyle(this.stage).getPropertyValue("outline-color").match(/\d+/g).map(Number);
    return { stretch, limits, inverted: isTurned === this.isDark, tint };
  }

  apply() {
    this.repaint();
  }

  repaint() {
    if (!this.frames) return;
    const painting = this.painting;
    this.dataset.sky = painting.inverted ? "light" : "dark";
    for (const frame of this.frames.shown) this.panel(frame.kind).show(frame, painting);
    this.drawMarks();
  }

  redraw() {
    for (const panel of this.panels) if (panel.frame) panel.enlarge();
    this.drawMarks();
  }

  drawMarks() {
    if (!this.frames) return;
    const isOn = this.toolbar.settings.hasMarks;
    for (const panel of this.panels) {
      panel.mark(this.frames, { isOn, hover: panel === this.hovered ? null : this.at });
    }
  }

  /** Do one of VIEWER_ACTIONS by its name; false where there is no such action. */
  run(name) {
    return this.toolbar.run(name);
  }

  // Blinking

  blink() {
    if (!this.frames || this.frames.shown.length < 2) return;
    if (still.matches) {
      this.stepBlink(); // each press changes the frame; nothing moves by itself
      return;
    }
    if (this.blinking) this.stopBlink();
    else {
      this.stepBlink();
      this.blinking = setInterval(() => this.stepBlink(), BLINK_MS);
      this.toolbar.showBlink(true);
    }
  }

  /** The first panel shows science and reference in turn; the others stay. */
  stepBlink() {
    const pair = this.frames.shown.slice(0, 2);
    this.blinkStep = ((this.blinkStep ?? 0) + 1) % pair.length;
    this.panel(pair[0].kind).show(pair[this.blinkStep], this.painting);
    this.drawMarks();
  }

  stopBlink() {
    clearInterval(this.blinking);
    const wasAway = this.blinkStep;
    this.blinking = null;
    this.blinkStep = 0;
    this.toolbar?.showBlink(false);
    if (wasAway) this.repaint();
  }

  // Under the cursor

  hover(event) {
    this.hovered?.read("");
    this.hovered = event && this.panels.find((panel) => panel.figure.contains(event.target));
    this.at = this.hovered?.pixelAt(event) ?? null;
    if (this.at) this.hovered.read(this.reading());
    this.drawMarks();
  }

  reading() {
    const { column, row, value, x, y } = this.at;
    const { unit } = this.hovered.frame;
    const digits = unit === "σ" ? 2 : 1;
    const shown = Number.isNaN(value) ? "masked" : `${value.toFixed(digits).replace("-", "−")} ${unit}`;
    const pixel = `x ${column} y ${row}`;
    if (!this.frames.wcs) return `${pixel}   ${shown}`;
    const [ra, dec] = skyOf(this.frames.wcs, x, y);
    return `${pixel}   ${shown}   ${raText(ra)} ${decText(dec)}`;
  }
}

customElements.define("streak-viewer", StreakViewer);

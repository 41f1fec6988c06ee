// <streak-viewer src="/candidates/1/frames/">: the frames of a candidate, drawn here from their arrays.
// Events: "drawn" (the pixels are on the canvas), "missing" (it is certain that there are none), "waiting".

import { Blinker } from "../viewer/blinker.js";
import { COMMANDS } from "../viewer/commands.js";
import { saveFits, savePng } from "../viewer/download.js";
import { Fetching } from "../viewer/fetching.js";
import { listenToGestures } from "../viewer/gestures.js";
import { heatOf } from "../viewer/heat.js";
import { showProfile } from "../viewer/profile-plot.js";
import { settings } from "../viewer/settings.js";
import { decText, positionAngle, raText, skyOf } from "../viewer/sky.js";
import { Stage } from "../viewer/stage.js";
import { Toolbar } from "../viewer/toolbar.js";

const darkSystem = matchMedia("(prefers-color-scheme: dark)");

export class StreakViewer extends HTMLElement {
  static observedAttributes = ["src"];

  connectedCallback() {
    if (!this.stage) this.build();
    this.resizing = new ResizeObserver(() => this.stage.resize());
    this.resizing.observe(this.stage.element);
    this.theming = new MutationObserver(() => this.stage.paint());
    this.theming.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    darkSystem.addEventListener("change", () => this.stage.paint(), { signal });
    settings.addEventListener("change", () => this.apply(), { signal });
    if (this.src && !this.frames) this.open(this.src);
  }

  disconnectedCallback() {
    this.resizing.disconnect();
    this.theming.disconnect();
    this.leaving.abort();
    this.blinker.stop();
    this.fetching.stop();
  }

  attributeChangedCallback(_name, _before, src) {
    if (this.stage && src) this.open(src);
  }

  get src() {
    return this.getAttribute("src");
  }

  get frames() {
    return this.stage.frames;
  }

  /** What a link to this view has in its address; a viewer that is opened with it looks so at its first candidate. */
  view() {
    const look = settings.lookText;
    return { view: this.stage.viewText, ...(look && { look }) };
  }

  build() {
    this.sent = new URLSearchParams(location.search).get("view") ?? "";
    this.stage = new Stage(this);
    this.fetching = new Fetching({
      blank: () => this.stage.panels.forEach((panel) => panel.say("…")),
      came: (frames) => this.show(frames),
      missing: (reason) => this.lack(reason),
      waiting: (reason) => this.wait(reason),
    });
    this.blinker = new Blinker(() => this.stage.blink());
    this.status = document.createElement("p");
    this.status.className = "viewer-status";
    this.profile = document.createElement("div");
    this.profile.className = "viewer-profile";
    this.toolbar = new Toolbar({
      run: (name) => this.run(name),
      adjust: (name, value) => this.adjust(name === "contrast" ? 2 ** value : this.stage.contrast, name === "bias" ? value : this.stage.bias),
      save: (kind) => this.save(kind),
    });
    this.replaceChildren(this.stage.element, this.status, this.toolbar.element, this.profile);
    listenToGestures(this);
  }

  // Loading

  open(src) {
    this.blinker.stop();
    this.stage.frames = this.stage.heat = null;
    this.fetching.open(src);
  }

  wait(reason) {
    if (reason) this.stage.message(`The pixels cannot be fetched: ${reason}. Trying again …`);
    this.become("waiting", reason);
  }

  lack(reason) {
    this.stage.message(`No pixels: ${reason}`);
    this.become("missing", reason);
  }

  show(frames) {
    if (frames.frames.length === 0) {
      this.stage.frames = frames;
      this.lack("the survey sent none for this candidate.");
      return;
    }
    this.stage.arrange(frames);
    this.stage.viewText = this.sent;
    this.sent = "";
    this.repaint();
    this.become(frames.shown.length ? "drawn" : "missing", frames.broken.map((frame) => frame.error).join("; "));
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

  // Showing

  /** Lay a map (`heatOf`) over the difference, or the frame shown without it, once that is drawn; null takes it away. */
  overlay(map) {
    this.stage.heat = map && heatOf(map);
    if (this.frames?.frames.length) this.repaint();
  }

  apply() {
    this.toolbar.show();
    if (this.blinker.isOn) this.blinker.pace(settings.values.rate);
    if (!this.frames?.frames.length) return;
    const { step } = this.stage;
    this.stage.arrange(this.frames);
    this.stage.step = this.blinker.isOn ? step : 0;
    this.repaint();
  }

  repaint() {
    this.stage.paint();
    this.tell();
    this.plot();
    this.refresh();
  }

  /** The profile changes with the frame alone, not with its colours. */
  plot() {
    const { hasProfile } = settings.values;
    this.profile.hidden = !hasProfile;
    if (!hasProfile || this.plotted === this.stage.main) return;
    this.plotted = this.stage.main;
    showProfile(this.profile, this.plotted, this.frames);
  }

  refresh() {
    const { frames, view, contrast, bias } = this.stage;
    this.toolbar.state({ frames, isBlinking: this.blinker.isOn, zoom: view.zoom, contrast, bias });
    this.stage.element.dataset.zoomed = String(!view.isFitted);
  }

  /** The line below the frames: what is under the cursor, else the streak. */
  tell() {
    const text = this.stage.at ? this.reading(this.stage.at) : this.summary();
    if (this.status.textContent !== text) this.status.textContent = text;
  }

  reading({ x, y }) {
    const pixel = `x ${Math.round(x)} y ${Math.round(y)}`;
    if (!this.frames.wcs) return pixel;
    const [ra, dec] = skyOf(this.frames.wcs, x, y);
    return `${pixel}   ${raText(ra)} ${decText(dec)}   ${ra.toFixed(5)}° ${dec.toFixed(5).replace("-", "−")}°`;
  }

  summary() {
    const angle = positionAngle(this.frames);
    this.dataset.positionAngle = angle === null ? "" : angle.toFixed(2);
    if (angle === null) return "";
    const { streak, scale, rate } = this.frames;
    const length = Math.hypot(streak.x2 - streak.x1, streak.y2 - streak.y1) * scale;
    const moved = rate ? `   ${rate.toFixed(1)}°/day` : "";
    return `Streak ${length.toFixed(1)}″   PA ${angle.toFixed(1)}° or ${(angle + 180).toFixed(1)}°${moved}`;
  }

  // Doing

  /** Do one of VIEWER_ACTIONS by its name; false where there is no such action. */
  run(name) {
    if (!Object.hasOwn(COMMANDS, name)) return false;
    COMMANDS[name](this);
    return true;
  }

  blink() {
    if ((this.frames?.shown.length ?? 0) < 2) return;
    this.blinker.turn(settings.values.rate);
    if (!this.blinker.isOn && !this.blinker.isByHand) this.stage.step = 0;
    this.repaint();
  }

  /** Change contrast and bias of all frames, at most once for each picture of the screen. */
  adjust(contrast, bias) {
    this.stage.adjust(contrast, bias);
    this.soon(() => this.stage.paint());
  }

  /** Look elsewhere: `move` changes the view. */
  look(move) {
    if (!this.frames?.shown.length) return;
    move();
    this.soon(() => this.stage.enlarge());
  }

  soon(draw) {
    this.drawing ??= new Set();
    if (!this.drawing.size) {
      requestAnimationFrame(() => {
        for (const each of this.drawing) each();
        this.drawing.clear();
        this.refresh();
      });
    }
    this.drawing.add(draw);
  }

  point(at, panel = null) {
    if (!this.frames?.shown.length) return;
    this.stage.point(at, panel);
    this.tell();
  }

  async save(kind) {
    const { name } = this.frames;
    const panels = this.stage.panels.filter((panel) => panel.frame);
    try {
      if (kind === "png") await savePng(panels, this.stage.view, { name, text: `${name}   ${this.summary()}` });
      else await saveFits(this.stage.frame(kind).fits, `${name}_${kind}`);
    } catch (error) {
      this.status.textContent = `${kind} is not saved: ${error.message}.`;
    }
  }
}

customElements.define("streak-viewer", StreakViewer);

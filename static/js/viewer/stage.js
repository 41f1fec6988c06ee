// The frames of one candidate on the screen: panels side by side or one alone, all looking at the same place.

import { COLOURS } from "./colours.js";
import { Panel } from "./panel.js";
import { settings } from "./settings.js";
import { limits } from "./stretch.js";
import { View } from "./view.js";

const ORDER = ["SCI", "REF", "DIFF"];
const MOST_CONTRAST = 20;
const darkSystem = matchMedia("(prefers-color-scheme: dark)");
let isSystemDark = darkSystem.matches; // kept: asking for it again lays the page out
darkSystem.addEventListener("change", () => (isSystemDark = darkSystem.matches));

export class Stage {
  constructor(viewer) {
    this.viewer = viewer;
    this.frames = null; // the decoded answer
    this.heat = null; // canvas of a map that lies over one frame
    this.panels = [];
    this.view = new View();
    this.contrast = 1;
    this.bias = 0.5;
    this.step = 0; // of blinking; 0 is the usual frame, which need not be among those that blink
    this.at = null; // the pixel under pointer or cursor
    this.element = document.createElement("div");
    this.element.className = "frames";
    this.element.tabIndex = 0;
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", "Frames: arrows move a cursor over them");
  }

  get side() {
    return this.panels[0]?.side ?? 157;
  }

  /** The frame that the profile is of: the one shown alone, else the difference. */
  get main() {
    const shown = this.frames?.shown ?? [];
    return this.panels.length === 1 ? this.panels[0].frame : (shown.find(({ kind }) => kind === "DIFF") ?? shown[0]);
  }

  /** A panel for every frame that came, broken ones too, or for the chosen one alone. */
  arrange(frames) {
    const came = ORDER.filter((kind) => frames.frames.some((frame) => frame.kind === kind));
    const { layout, frame: chosen } = settings.values;
    const kinds = layout === "side" ? came : [came.includes(chosen) ? chosen : came.at(-1)];
    this.place(kinds);
    const shown = frames.shown[0];
    if (shown && this.view.width !== shown.width) this.point(null); // the pixel that was pointed at may not exist here
    if (shown && (this.frames !== frames || this.view.width !== shown.width)) this.view.centre(shown.width);
    this.frames = frames;
    this.step = 0;
  }

  place(kinds) {
    while (this.panels.length < kinds.length) this.panels.push(new Panel());
    this.panels.length = kinds.length;
    this.panels.forEach((panel, index) => (panel.kind = kinds[index]));
    const figures = this.panels.map((panel) => panel.figure);
    if (figures.some((figure, index) => this.element.children[index] !== figure) || this.element.children.length > figures.length) {
      this.element.replaceChildren(...figures);
    }
    if (this.viewer.dataset.count === String(kinds.length)) return;
    this.element.dataset.count = this.viewer.dataset.count = kinds.length;
    for (const panel of this.panels) panel.measured = null; // the page gives them other sizes
  }

  message(text) {
    if (!this.panels.length) this.place(["DIFF"]);
    for (const panel of this.panels) panel.say(panel.kind === "DIFF" || this.panels.length === 1 ? text : "–");
  }

  frame(kind) {
    return this.frames.shown.find((frame) => frame.kind === kind);
  }

  // Painting

  get isDark() {
    const theme = document.documentElement.dataset.theme;
    return theme ? theme === "dark" : isSystemDark;
  }

  /** Grey: bright streak on dark sky in the dark theme, dark on light in the light one; inverting turns any map round. */
  isInverted(colours) {
    return settings.values.isTurned !== (!this.isDark && Boolean(COLOURS[colours].followsTheme));
  }

  /** Colours of masked pixels, asked of the style sheet once for each theme. */
  get masked() {
    if (this.tinted?.isDark !== this.isDark) {
      const tint = getComputedStyle(this.element).outlineColor.match(/\d+/g).slice(0, 3).map(Number);
      const other = tint.map((part) => Math.round(this.isDark ? part * 1.6 : part * 0.82));
      this.tinted = { isDark: this.isDark, colours: [tint, other] };
    }
    return this.tinted.colours;
  }

  /** The frame that a map lies over: the difference where it is on the screen, else the first that is. */
  get heated() {
    const kinds = this.panels.map(({ kind }) => kind).filter((kind) => this.frame(kind));
    return kinds.includes("DIFF") ? "DIFF" : kinds[0];
  }

  look(frame) {
    const { stretch, limits: kind, isShared, colours: usual, difference } = settings.values;
    const colours = frame.kind === "DIFF" && difference !== "same" ? difference : usual;
    const measured = (isShared && frame.kind === "REF" && this.frame("SCI")) || frame;
    return {
      limits: limits(measured, kind, COLOURS[colours].isDiverging),
      stretch,
      colours,
      isInverted: this.isInverted(colours),
      contrast: this.contrast,
      bias: this.bias,
      masked: this.masked,
      heat: frame.kind === this.heated ? this.heat : null,
    };
  }

  paint() {
    if (!this.frames?.frames.length) return; // where none came, what was said of it stands
    const blinked = this.blinked;
    for (const panel of this.panels) {
      const usual = this.frame(panel.kind);
      const frame = panel === this.panels[0] && this.step ? blinked[this.step % blinked.length] : usual;
      if (frame) panel.show(frame, this.look(frame), this.view);
      else panel.say(`Cannot be shown: ${this.frames.broken.find(({ kind }) => kind === panel.kind)?.error}`);
    }
    this.mark();
  }

  resize() {
    for (const panel of this.panels) panel.measured = null;
    this.enlarge();
  }

  /** After another zoom or place: the same pixels, elsewhere. */
  enlarge() {
    for (const panel of this.panels) if (panel.frame) panel.enlarge(this.view);
    this.mark();
  }

  mark() {
    if (!this.frames) return;
    const { hasMarks, hasEnds, hasMotion, hasCompass, hasBar } = settings.values;
    const shown = { ends: hasMarks && hasEnds, motion: hasMarks && hasMotion, compass: hasMarks && hasCompass, bar: hasMarks && hasBar };
    for (const panel of this.panels) {
      panel.mark(this.frames, shown, panel === this.pointed ? null : this.at, this.view);
    }
  }

  // Blinking: the first panel shows others in turn

  /** Frames to blink, the usual one of the first panel first if it is among them: science and reference, or all that came. */
  get blinked() {
    const { shown } = this.frames;
    const pair = shown.filter(({ kind }) => kind !== "DIFF");
    const frames = settings.values.blinked === "all" || pair.length < 2 ? shown : pair;
    const first = frames.filter((frame) => frame === this.frame(this.panels[0].kind));
    return [...first, ...frames.filter((frame) => !first.includes(frame))];
  }

  blink() {
    this.step = (this.step % this.blinked.length) + 1;
    this.paint();
  }

  // Looking

  adjust(contrast, bias) {
    this.contrast = Math.max(1 / MOST_CONTRAST, Math.min(MOST_CONTRAST, contrast));
    this.bias = Math.max(0, Math.min(1, bias));
  }

  /** Zoom about a pixel, or the middle of what is shown. */
  zoom(factor, at) {
    this.view.zoomBy(factor, this.side, at ?? this.view);
  }

  /** Zoom, place, contrast and bias as a text for an address. */
  get viewText() {
    const { zoom, x, y } = this.view;
    return [zoom, x, y, this.contrast, this.bias].map((value) => Number(value.toFixed(3))).join();
  }

  /** Look as such a text says; another text changes nothing. */
  set viewText(text) {
    const values = text.split(",").map(Number);
    if (values.length !== 5 || !values.every(Number.isFinite) || values[0] <= 0) return;
    const [zoom, x, y, contrast, bias] = values;
    this.view.zoomBy(zoom / this.view.zoom, this.side, this.view);
    this.view.move(x, y);
    this.adjust(contrast, bias);
  }

  /** Point at a pixel, from a panel (whose own pointer marks it) or from the keyboard; null takes it away. */
  point(at, panel = null) {
    this.at = at;
    this.pointed = panel;
    for (const each of this.panels) each.read(at);
    this.mark();
  }
}

// How the viewer does each of its actions.

import { settings } from "./settings.js";
import { STEP } from "./view.js";

const CONTRAST_STEP = 1.15;
const BIAS_STEP = 0.03;

const alone = (frame) => () => settings.change({ layout: "one", frame });
const turn = (name) => () => settings.turn(name);
const next = (name, by = 1) => () => settings.step(name, by);
const adjust = (contrast, bias) => (viewer) => viewer.adjust(viewer.stage.contrast * contrast, viewer.stage.bias + bias);
const zoom = (factor) => (viewer) => viewer.look(() => viewer.stage.zoom(factor));

/** Each takes the viewer; the names are those of VIEWER_ACTIONS. */
export const COMMANDS = {
  blink: (viewer) => viewer.blink(),
  slower: next("rate", -1),
  faster: next("rate"),
  layout: next("layout"),
  science: alone("SCI"),
  reference: alone("REF"),
  difference: alone("DIFF"),
  stretch: next("stretch"),
  limits: next("limits"),
  invert: turn("isTurned"),
  colours: next("colours"),
  moreContrast: adjust(CONTRAST_STEP, 0),
  lessContrast: adjust(1 / CONTRAST_STEP, 0),
  moreBias: adjust(1, BIAS_STEP),
  lessBias: adjust(1, -BIAS_STEP),
  reset: (viewer) => {
    viewer.look(() => viewer.stage.view.fit());
    viewer.adjust(1, 0.5);
  },
  zoomIn: zoom(STEP),
  zoomOut: zoom(1 / STEP),
  fit: (viewer) => viewer.look(() => viewer.stage.view.fit()),
  pixels: (viewer) => viewer.look(() => viewer.stage.zoom(1 / (viewer.stage.view.scale(viewer.stage.side) * devicePixelRatio))),
  cursor: (viewer) => viewer.stage.element.focus(),
  marks: turn("hasMarks"),
  profile: turn("hasProfile"),
};

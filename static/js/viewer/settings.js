// How the viewer is set up: one set for every viewer on the page, kept for the user on the server.

import { Preference } from "../preferences.js";
import { COLOURS } from "./colours.js";
import { LIMITS, STRETCHES } from "./stretch.js";

export const SAFE_RATE = 3; // changes a second: above it a blinking picture can harm people with photosensitive epilepsy
export const SAFE_RATES = [0.5, 1, 1.5, 2, SAFE_RATE];
export const FAST_RATES = [4, 6, 10];

/** What may be chosen, in the order in which a key goes through it. */
const CHOICES = {
  layout: ["side", "one"],
  frame: ["SCI", "REF", "DIFF"], // the one shown in the layout of one
  stretch: Object.keys(STRETCHES),
  limits: Object.keys(LIMITS),
  colours: Object.keys(COLOURS).filter((name) => !COLOURS[name].isDiverging),
  difference: ["same", ...Object.keys(COLOURS)],
  blinked: ["pair", "all"],
  rate: [...SAFE_RATES, ...FAST_RATES],
};

const FIRST = {
  layout: "side",
  frame: "DIFF",
  stretch: "linear",
  limits: "zscale",
  colours: "grey",
  difference: "same",
  blinked: "pair",
  rate: 2,
  isTurned: false,
  isShared: false, // science and reference between the same limits
  mayFlicker: false,
  hasMarks: true,
  hasCompass: true,
  hasBar: true,
  hasEnds: true,
  hasMotion: true,
  hasProfile: false,
};

const LOOK = ["layout", "frame", "stretch", "limits", "colours", "difference", "isTurned", "isShared"]; // what a link to a view says

class Settings extends EventTarget {
  constructor() {
    super();
    this.lent = lent(new URLSearchParams(location.search)); // by a link, to this page alone
    this.preference = new Preference("viewer");
    this.preference.addEventListener("change", () => this.take());
    this.take();
  }

  take() {
    this.use(known(this.preference.value));
  }

  /** What the user sets is kept, and no longer as a link has it. */
  change(values) {
    for (const name of Object.keys(values)) delete this.lent[name];
    const own = safe({ ...this.own, ...values });
    this.preference.set(own);
    this.use(own);
  }

  use(own) {
    this.own = own;
    this.values = { ...own, ...this.lent };
    this.dispatchEvent(new Event("change"));
  }

  /** How the frames look, as a text for an address: what differs from the viewer's first settings. */
  get lookText() {
    return LOOK.filter((name) => this.values[name] !== FIRST[name]).map((name) => `${name}:${this.values[name]}`).join();
  }

  turn(name) {
    this.change({ [name]: !this.values[name] });
  }

  /** The next choice, or the one before. */
  step(name, by = 1) {
    const choices = name === "rate" ? rates(this.values) : CHOICES[name];
    const place = choices.indexOf(this.values[name]) + by;
    const isRound = name !== "rate"; // from the fastest on to the slowest would surprise
    this.change({ [name]: isRound ? choices.at(place % choices.length) : choices[Math.max(0, Math.min(choices.length - 1, place))] });
  }
}

/** Changes a second that may be chosen: fast ones after the user has asked for them in so many words. */
export function rates({ mayFlicker }) {
  return mayFlicker ? CHOICES.rate : SAFE_RATES;
}

/** What the address says of the look: where it names a view, all of it, so that both see the same. */
function lent(address) {
  if (!address.has("view")) return {};
  const said = (address.get("look") ?? "").split(",").map((part) => part.split(":")).filter(([name]) => LOOK.includes(name));
  const values = known(Object.fromEntries(said.map(([name, value]) => [name, { true: true, false: false }[value] ?? value])));
  return Object.fromEntries(LOOK.map((name) => [name, values[name]]));
}

function safe(values) {
  return values.mayFlicker ? values : { ...values, rate: Math.min(values.rate, SAFE_RATE) };
}

/** Only what this version knows: an old or broken entry must not leave the viewer without a stretch. */
function known(kept) {
  const isKnown = ([name, value]) => (name in CHOICES ? CHOICES[name].includes(value) : typeof value === typeof FIRST[name]);
  return safe({ ...FIRST, ...Object.fromEntries(Object.entries(kept).filter(isKnown)) });
}

export const settings = new Settings();

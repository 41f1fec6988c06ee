// Single keys of the scan page, and the switch that turns them off.

import { isTyped, keystroke } from "../keystroke.js";
import { VIEWER_ACTIONS } from "../viewer/actions.js";

const KEPT = "keys";
const LOOKED = VIEWER_ACTIONS.filter(({ repeats }) => repeats).map(({ name }) => `viewer.${name}`);
const REPEATED = new Set(["back", "skip", ...LOOKED]); // of the others a key held down is one decision, or one change of frame

/** Call `act(name)` for a key that stands for an action of the map, or for "help". */
export function listen(act, keyMap) {
  document.addEventListener("keydown", (event) => {
    const name = isTyped(event) ? null : meaningOf(event, keyMap);
    if (name && act(name) !== false) event.preventDefault();
  });
}

function meaningOf(event, keyMap) {
  const key = keystroke(event);
  if (key === "?") return "help";
  if (key === null || !areOn()) return null;
  const name = keyMap.actionOf(key);
  return event.repeat && !REPEATED.has(name) ? null : name;
}

export function areOn() {
  try {
    return localStorage.getItem(KEPT) !== "off";
  } catch {
    return true;
  }
}

export function turn(isOn) {
  try {
    localStorage.setItem(KEPT, isOn ? "on" : "off");
  } catch {
    // Storage is switched off: keys stay on.
  }
}

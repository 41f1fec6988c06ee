// Single keys of the scan page, and the switch that turns them off.

import { keystroke } from "../keystroke.js";

const KEPT = "keys";

/** Call `act(name, argument)` for a key that means something: "label", "back", "skip", "undo", "help", "view". */
export function listen(act, letters) {
  document.addEventListener("keydown", (event) => {
    const meaning = meaningOf(event, letters);
    if (meaning && act(...meaning) !== false) event.preventDefault();
  });
}

function meaningOf(event, letters) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return null;
  if (event.target.closest("input, select, textarea, dialog[open], [contenteditable]") || document.querySelector("dialog[open]")) return null;
  if (event.key === "?") return ["help"];
  if (!areOn()) return null;
  if (event.key === "ArrowLeft") return ["back"];
  if (event.key === "ArrowRight") return ["skip"];
  if (event.repeat) return null; // a key held down is one decision
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1]; // by place: some keyboards write & on the key of 1
  if (digit && !event.shiftKey && letters.has(digit)) return ["label", letters.get(digit)];
  const key = event.key.toLowerCase();
  if (letters.has(key)) return ["label", letters.get(key)];
  return key === "u" ? ["undo"] : ["view", keystroke(event)];
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

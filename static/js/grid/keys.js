// Keys of the grid. Arrows and paging belong to the cutouts in focus; single characters can be switched off.

import { areOn } from "../scan/keys.js";

const MOVES = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down", Home: "first", End: "last" };
const SINGLE = { x: "toggle", a: "all", u: "undo", i: "invert" };

/** Call `act[name](argument, isShift)` for a key that means something. */
export function listen(act, letters) {
  document.addEventListener("keydown", (event) => {
    const meaning = meaningOf(event, letters);
    if (!meaning) return;
    event.preventDefault();
    act[meaning[0]](meaning[1], event.shiftKey);
  });
}

function meaningOf(event, letters) {
  if (event.altKey || event.isComposing || document.querySelector("dialog[open]")) return null;
  if (event.target.closest("input, select, textarea, [contenteditable]")) return null;
  if (event.ctrlKey || event.metaKey) return event.key === "a" && isFree(event) ? ["all"] : null;
  if (event.key === "?") return ["help"];
  if (event.key === "PageDown") return ["next"];
  if (event.key === "PageUp") return ["back"];
  if (isFree(event)) {
    if (event.key in MOVES) return ["move", MOVES[event.key]];
    if (event.key === " ") return event.repeat ? null : ["toggle"];
    if (event.key === "Enter") return event.repeat ? null : ["open"];
    if (event.key === "Escape") return ["none"];
  }
  return areOn() && !event.repeat ? single(event, letters) : null; // a key held down is one decision
}

function single(event, letters) {
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1]; // by place: some keyboards write & on the key of 1
  if (digit && !event.shiftKey && letters.has(digit)) return ["label", letters.get(digit)];
  const key = event.key.toLowerCase();
  if (key === "j") return [event.shiftKey ? "junkAs" : "junk"];
  if (letters.has(key)) return ["label", letters.get(key)];
  return key in SINGLE ? [SINGLE[key]] : null;
}

/** Whether the key is not one that the element in focus needs itself: a button its Space, a menu its arrows. */
function isFree({ target }) {
  return target === document.body || target.id === "main" || Boolean(target.closest("#board"));
}

// Keys of the grid. Arrows and paging belong to the cutouts in focus; the others go by the user's map, and can be switched off.

import { isTyped, keystroke } from "../keystroke.js";
import { areOn } from "../scan/keys.js";

const MOVES = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down", Home: "first", End: "last" };
const NAMED = { "grid.junk": "junk", "grid.junk-as": "junkAs", "grid.select": "toggle", "grid.all": "all", undo: "undo", "viewer.invert": "invert" };

/** Call `act[name](argument, isShift)` for a key that means something. */
export function listen(act, keyMap) {
  document.addEventListener("keydown", (event) => {
    const meaning = isTyped(event) ? null : meaningOf(event, keyMap);
    if (!meaning) return;
    event.preventDefault();
    act[meaning[0]](meaning[1], event.shiftKey);
  });
}

/** The class that a key press stands for, or null. */
export function classOf(event, keyMap) {
  return /^class\.(.+)$/.exec(keyMap.actionOf(keystroke(event)))?.[1] ?? null;
}

function meaningOf(event, keyMap) {
  if (event.altKey || event.isComposing) return null;
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
  return areOn() && !event.repeat ? chosen(event, keyMap) : null; // a key held down is one decision
}

function chosen(event, keyMap) {
  const fineClass = classOf(event, keyMap);
  if (fineClass) return ["label", fineClass];
  const move = NAMED[keyMap.actionOf(keystroke(event))];
  return move ? [move] : null;
}

/** Whether the key is not one that the element in focus needs itself: a button its Space, a menu its arrows. */
function isFree({ target }) {
  return target === document.body || target.id === "main" || Boolean(target.closest("#board"));
}

// The adjudication page: keys press its buttons; the forms work without them.

import "./elements/streak-viewer.js";
import { help } from "./scan/help.js";
import { KeyMap } from "./scan/key_map.js";
import { listen } from "./scan/keys.js";

const SKIP = { name: "skip", keys: ["ArrowRight"], group: "Decide", says: "skip: leave it to another adjudicator, or for later" };
const UNDO = { name: "undo", keys: ["u"], group: "Decide", says: "take the last decision back" };

const stated = document.getElementById("actions");
const dialog = document.getElementById("help");
const viewer = document.querySelector("streak-viewer");
const keyMap = new KeyMap([...(stated ? JSON.parse(stated.textContent) : []), SKIP, UNDO]);

function act(name) {
  if (name === "help") return dialog?.showModal();
  if (name.startsWith("class.") && viewer?.state === "waiting") return undefined; // nobody has seen its pixels yet
  if (name.startsWith("viewer.")) return viewer?.run(name.slice("viewer.".length));
  return document.querySelector(`[data-action="${CSS.escape(name)}"]`)?.click();
}

listen(act, keyMap);
keyMap.show(document);
if (dialog) {
  help(dialog, keyMap, new Map());
  document.getElementById("help-open").addEventListener("click", () => dialog.showModal());
}

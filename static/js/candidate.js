// The page of one candidate: keys of its viewer, and the help that names them.

import "./elements/streak-viewer.js";
import { help } from "./scan/help.js";
import { KeyMap } from "./scan/key_map.js";
import { listen } from "./scan/keys.js";
import { VIEWER_ACTIONS } from "./viewer/actions.js";

const viewer = document.querySelector("streak-viewer");
const dialog = document.getElementById("help");
const keyMap = new KeyMap([]);
const digits = new Map(VIEWER_ACTIONS.map(({ name, digit }) => [digit, `viewer.${name}`])); // no class has them here

function act(name) {
  return name === "help" ? dialog.showModal() : viewer.run(name.slice("viewer.".length));
}

listen(act, { actionOf: (key) => keyMap.actionOf(key) ?? digits.get(key) ?? null });
keyMap.addEventListener("change", () => keyMap.show(document));
keyMap.show(document);
help(dialog, keyMap, new Map());
document.getElementById("help-open").addEventListener("click", () => dialog.showModal());

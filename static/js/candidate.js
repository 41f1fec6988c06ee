// The page of one candidate: its viewer's keys and the help that names them, the map of its score, and what looks alike.

import "./elements/streak-viewer.js";
import { showAlike } from "./scan/alike.js";
import { help } from "./scan/help.js";
import { KeyMap } from "./scan/key_map.js";
import { listen } from "./scan/keys.js";
import { Occlusion } from "./scan/occlusion.js";
import { VIEWER_ACTIONS } from "./viewer/actions.js";

const at = (id) => document.getElementById(id);
const viewer = document.querySelector("streak-viewer");
const { isOpen, actions, neighbours } = viewer.dataset;
const card = { is_open: isOpen === "true", occlusion: viewer.dataset.occlusion };
const occlusion = new Occlusion(viewer, (text) => (at("said").textContent = text));
const keyMap = new KeyMap(JSON.parse(actions));
const digits = new Map(VIEWER_ACTIONS.map(({ name, digit }) => [digit, `viewer.${name}`])); // no class has them here

function act(name) {
  if (name === "help") return at("help").showModal();
  if (name === "occlusion") return occlusion.press(card);
  return viewer.run(name.slice("viewer.".length));
}

listen(act, { actionOf: (key) => keyMap.actionOf(key) ?? digits.get(key) ?? null });
keyMap.show(document);
help(at("help"), keyMap, new Map());
at("help-open").addEventListener("click", () => at("help").showModal());
at("why").addEventListener("click", () => occlusion.press(card));
if (card.is_open) showAlike(at("neighbours"), neighbours);

// The help of a page: every action with the keys that it has now, by group.

import { keyText } from "./key_map.js";

const FIRST = ["Label, save, next", "Moving", "Putting off"];

/** Fill `[data-help]` of the dialog and keep it right when keys change. `looks`: what the eye looks for, by action. */
export function help(dialog, keyMap, looks) {
  const fill = () => dialog.querySelector("[data-help]").replaceChildren(...sections(keyMap, looks));
  keyMap.addEventListener("change", fill);
  fill();
}

function sections(keyMap, looks) {
  const known = new Set(keyMap.actions.map(({ group }) => group));
  const groups = [...new Set([...FIRST, ...known])].filter((group) => known.has(group));
  return groups.map((group) => {
    const section = document.createElement("section");
    section.append(make("h3", group), list(keyMap, group, looks));
    return section;
  });
}

function list(keyMap, group, looks) {
  const dl = make("dl");
  dl.className = "keys";
  for (const { name, says } of keyMap.actions.filter((action) => action.group === group)) {
    const keys = make("dt");
    keys.append(...keyMap.keys.get(name).flatMap((key) => [make("kbd", keyText(key)), " "]));
    const text = make("dd", says);
    if (looks.has(name)) text.append(make("br"), make("small", looks.get(name)));
    dl.append(keys, text);
  }
  return dl;
}

function make(tag, text = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

// Which key does what: the keys that the pages come with, changed by what the user has chosen.

import { Preference } from "../preferences.js";
import { VIEWER_ACTIONS } from "../viewer/actions.js";

/** Keys by action; a key that the user gave to one action is taken from the action that came with it. */
export function effective(actions, own) {
  const chosen = new Set(actions.flatMap(({ name }) => own[name] ?? []));
  return new Map(actions.map(({ name, keys }) => [name, own[name] ?? keys.filter((key) => !chosen.has(key))]));
}

/** Every key that stands for more than one action, with their names. */
export function clashes(keysByAction) {
  const byKey = new Map();
  for (const [name, keys] of keysByAction) for (const key of keys) byKey.set(key, [...(byKey.get(key) ?? []), name]);
  return [...byKey].filter(([, names]) => names.length > 1);
}

/** A key as people read it. */
export function keyText(key) {
  const signs = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓" };
  return key.replace("Shift+", "⇧ ").replace(/Arrow\w+/, (name) => signs[name]);
}

export class KeyMap extends EventTarget {
  /** `actions`: {name, keys, group, says} of the page; those of the viewer, or `looks` of them, are added. Event "change". */
  constructor(actions, looks = VIEWER_ACTIONS) {
    super();
    const viewer = looks.map(({ name, key, ...rest }) => ({ ...rest, name: `viewer.${name}`, keys: [key].flat().filter(Boolean) }));
    this.actions = [...actions, ...viewer];
    this.preference = new Preference("keys");
    this.preference.addEventListener("change", () => this.read());
    this.read();
  }

  read() {
    this.keys = effective(this.actions, this.preference.value);
    this.byKey = new Map([...this.keys].flatMap(([name, keys]) => keys.map((key) => [key, name])));
    this.dispatchEvent(new Event("change"));
  }

  actionOf(key) {
    return this.byKey.get(key) ?? null;
  }

  /** Write each action's keys where the page names them, and again when they change: `data-keys` holds the action, `data-place` which of its keys. */
  show(root) {
    this.addEventListener("change", () => this.write(root));
    this.write(root);
  }

  write(root) {
    for (const element of root.querySelectorAll("[data-keys]")) {
      const key = this.keys.get(element.dataset.keys)?.[Number(element.dataset.place ?? 0)];
      element.textContent = key ? keyText(key) : "";
      element.hidden = !key;
    }
  }
}

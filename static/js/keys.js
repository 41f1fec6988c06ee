// The page of keys: each action with its keys, changed by pressing the new one; export and import as JSON.

import { keystroke } from "./keystroke.js";
import { saveFile } from "./save_file.js";
import { clashes, effective, KeyMap, keyText } from "./scan/key_map.js";
import { call } from "./csrf.js";

const MOST_KEYS = 4;
const FORMAT = "deepstreaks-keys";

const at = (id) => document.getElementById(id);
const keyMap = new KeyMap(JSON.parse(at("actions").textContent));
const says = new Map(keyMap.actions.map((action) => [action.name, action.says]));
let chosen = null; // the action that the next key is for

/** Make the table anew; the focus stays on the row that it was on, whose keys may be others now. */
function show() {
  const focused = document.activeElement?.closest("#key-map tr")?.dataset.name;
  const groups = [...new Set(keyMap.actions.map(({ group }) => group))];
  at("key-map").replaceChildren(...groups.map(section));
  if (focused) [...document.querySelectorAll(`#key-map tr[data-name="${CSS.escape(focused)}"] button:enabled`)].at(-1)?.focus();
}

function section(group) {
  const element = make("section");
  const table = make("table");
  for (const action of keyMap.actions.filter((each) => each.group === group)) table.append(row(action));
  element.append(make("h2", group), table);
  return element;
}

function row({ name, says: text }) {
  const tr = make("tr");
  tr.dataset.name = name;
  const what = make("th", text);
  what.scope = "row";
  const keys = make("td");
  for (const key of keyMap.keys.get(name)) keys.append(drop(name, key), " ");
  const add = button(`Add a key: ${text}`, "+", () => ask(name));
  add.disabled = keyMap.keys.get(name).length >= MOST_KEYS;
  keys.append(add);
  tr.append(what, keys);
  return tr;
}

function drop(name, key) {
  const element = button(`Take ${keyText(key)} from: ${says.get(name)}`, "", () => {
    save(new Map(keyMap.keys).set(name, keyMap.keys.get(name).filter((other) => other !== key)), `${keyText(key)} does nothing now.`);
  });
  element.append(make("kbd", keyText(key)), " ×");
  return element;
}

function ask(name) {
  chosen = name;
  at("press-text").textContent = `for: ${says.get(name)}`;
  at("press").showModal();
}

at("press").addEventListener("keydown", (event) => {
  if (!at("press").open) return; // the focus leaves a closed dialog a frame later
  if (["Escape", "Tab", "Enter", " ", "?"].includes(event.key)) return;
  const key = keystroke(event);
  if (key === null || /^(Shift\+)?(Shift|Control|Alt|Meta|CapsLock|Dead)$/.test(key)) return;
  event.preventDefault();
  at("press").close();
  add(chosen, key);
});

function add(name, key) {
  const keys = new Map(keyMap.keys);
  if (keys.get(name).includes(key)) return;
  const before = keyMap.actionOf(key);
  if (before) {
    tell(`${keyText(key)} already means “${says.get(before)}”: take it from there first.`);
    return;
  }
  save(keys.set(name, [...keys.get(name), key]), `${keyText(key)}: ${says.get(name)}.`);
}

/** Only what differs from the keys that the page came with is kept, so that new actions come with keys of their own. */
async function save(keys, said) {
  const own = Object.fromEntries(keyMap.actions.filter((action) => keys.get(action.name).join() !== action.keys.join()).map(({ name }) => [name, keys.get(name)]));
  const { preference } = keyMap;
  const { outcome, detail } = await call(preference.address, { method: "PUT", data: { value: own } });
  if (outcome !== "ok") {
    tell(`Not saved: ${detail}`);
    return;
  }
  preference.take(own);
  preference.keep();
  tell("");
  at("said").textContent = said;
}

function tell(problem) {
  at("said").textContent = "";
  const notice = make("p", problem);
  notice.className = "notice error";
  at("problems").replaceChildren(...(problem ? [notice] : []));
}

at("export").addEventListener("click", () => {
  const content = JSON.stringify({ format: FORMAT, keys: Object.fromEntries(keyMap.keys) }, null, 2);
  saveFile(new Blob([content], { type: "application/json" }), "deepstreaks-keys.json");
});

at("import").addEventListener("change", async ({ target }) => {
  const [file] = target.files;
  target.value = "";
  if (file) await take(file);
});

async function take(file) {
  let sent;
  try {
    sent = JSON.parse(await file.text());
  } catch {
    tell(`${file.name} is no JSON.`);
    return;
  }
  if (sent?.format !== FORMAT || typeof sent.keys !== "object" || !Object.values(sent.keys ?? {}).every(Array.isArray)) {
    tell(`${file.name} is no export of this page: expected "format": "${FORMAT}" and "keys".`);
    return;
  }
  const unknown = Object.keys(sent.keys).filter((name) => !says.has(name));
  if (unknown.length) {
    tell(`${file.name} names actions that do not exist here: ${unknown.join(", ")}.`);
    return;
  }
  const keys = effective(keyMap.actions, sent.keys);
  const [clash] = clashes(keys);
  if (clash) tell(`${file.name} gives ${keyText(String(clash[0]))} to two actions: ${clash[1].map((name) => says.get(name)).join("; ")}.`);
  else await save(keys, `${file.name} is imported.`);
}

at("reset").addEventListener("click", () => save(new Map(keyMap.actions.map(({ name, keys }) => [name, keys])), "All keys are as they came."));

function button(label, text, act) {
  const element = make("button", text);
  element.type = "button";
  element.className = "plain";
  element.setAttribute("aria-label", label);
  element.addEventListener("click", act);
  return element;
}

function make(tag, text = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

keyMap.addEventListener("change", show);
show();

// The grid: a page of cutouts, one key for all that are selected, one for the rest. Steps are undone as a whole.

import { Board } from "./grid/board.js";
import { classOf, listen } from "./grid/keys.js";
import { isOpen, Pages } from "./grid/pages.js";
import { listenInMenu } from "./keystroke.js";
import { ending, offerAll } from "./scan/ending.js";
import { Guideline } from "./scan/guideline.js";
import { KeyMap } from "./scan/key_map.js";
import { areOn, turn } from "./scan/keys.js";
import { Loan } from "./scan/loan.js";
import { showOutbox } from "./scan/notices.js";
import { addresses, Outbox } from "./scan/outbox.js";
import { Progress } from "./scan/progress.js";
import { MOST_HELD, Queue } from "./scan/queue.js";
import { newUuid } from "./scan/uuid.js";
import { VIEWER_ACTIONS } from "./viewer/actions.js";

const at = (id) => document.getElementById(id);
const root = at("grid");
const { user, night, campaign, choice, size, cutouts, login } = root.dataset;
const buttons = [...root.querySelectorAll("[data-class]")];
const names = new Map(buttons.map(({ dataset }) => [dataset.class, dataset.name]));
const outbox = new Outbox(user, addresses(root), campaign);
const pages = new Pages(`grid.${user}.${night || campaign}`);
const loan = new Loan(root, () => pages.waiting);
const keyMap = new KeyMap(JSON.parse(at("actions").textContent), VIEWER_ACTIONS.filter(({ name }) => name === "invert"));
const board = new Board(at("board"), names);
const progress = new Progress();
const queue = new Queue({ outbox, loan, progress }, { address, add, answered });
const guideline = new Guideline(root);
const junkKept = `grid.junk.${user}`;

let junkClass = read(junkKept);

// Showing

function show(selected = []) {
  const isEnd = !pages.current.length;
  root.hidden = isEnd;
  at("end").hidden = !isEnd;
  board.show(pages.current, selected);
  if (isEnd) showEnd();
  else board.take();
  if (pages.isLast) queue.want();
  loan.refresh();
}

function showTools() {
  const rest = restOfPage().length;
  const chosen = board.chosen.length;
  const what = names.get(junkClass);
  at("junk-text").textContent = `${chosen ? "The other" : "All"} ${rest} are junk${what ? `: ${what}` : " …"}`;
  at("junk").disabled = rest === 0;
  const done = pages.current.filter((entry) => !isOpen(entry)).length;
  at("place").textContent = `page ${pages.index + 1} · ${chosen} selected · ${done} of ${pages.current.length} labelled`;
}

function showEnd() {
  const passed = pages.passed.length;
  const rest = passed ? `${passed} passed over` : "";
  const { isExhausted } = queue;
  const [title, text] = ending({ things: "cutouts", night, choice, rest, ...queue.told });
  at("end-title").textContent = title;
  at("end-text").textContent = text;
  at("end-passed").hidden = !passed || !isExhausted;
  at("end-passed").textContent = `Look at ${passed} again`;
  at("end-export").hidden = !isExhausted || Boolean(passed);
  at("end-back").hidden = !pages.pages.length;
  at("end-undo").hidden = !pages.steps.length;
  offerAll(isExhausted);
  if (!passed) queue.lookAgain(lookAgain);
}

function say(text) {
  at("last").textContent = text;
}

// The queue

/** A night goes on after the last candidate; a campaign's own order has no such place, but what is held or on its way. */
function address() {
  const held = [...pages.entries.map(({ card }) => card.id), ...outbox.labelled].slice(-MOST_HELD);
  return `${cutouts}&size=${size}&${night ? `after=${pages.tail}` : `exclude=${held}`}`;
}

function add(cards, { candidates }) {
  const isNew = pages.add(cards);
  pages.tail = candidates.at(-1)?.id ?? pages.tail;
  if (isNew) for (const { card } of pages.pages.at(-1)) if (card.image) new Image().src = card.image;
  return candidates.length < Number(size) || !(isNew || night);
}

function answered() {
  if (!board.entries.length) show();
  else if (pages.isLast) queue.want(); // all that came is on its way or on the pages held
}

/** What has come in since may stand anywhere in the order. */
function lookAgain() {
  pages.tail = "";
  queue.isExhausted = false;
  queue.ask();
}

function restart() {
  pages.clear();
  queue.restart();
  show();
}

// Deciding

/** Of this page what is neither selected nor labelled, and was seen. */
function restOfPage() {
  return pages.current.filter((entry) => isOpen(entry) && entry.isDrawn && !board.selected.has(entry.card.id));
}

function give(entries, fineClass, selected) {
  const drawn = entries.filter((entry) => entry.isDrawn || !entry.card.image);
  if (!drawn.length) {
    say("Not yet: the pixels are not drawn.");
    return;
  }
  progress.count(drawn.filter(isOpen).length);
  const step = pages.label(newUuid(), fineClass, drawn, board.selected, newUuid);
  const waiting = entries.length - drawn.length;
  say(`${number(drawn.length)}: ${names.get(fineClass)}.${waiting ? ` ${waiting} not drawn yet.` : ""}`);
  outbox.put({ kind: "labels", uuid: step.uuid, labels: step.labels, fine_class: fineClass, guideline: guideline.version, name: number(drawn.length) });
  if (pages.current.every((entry) => !isOpen(entry))) next();
  else after(selected);
}

/** The page still holds open cutouts: keep it, and stand at the first of them. */
function after(selected) {
  board.selected = new Set(selected);
  const { entries, focus } = board;
  const further = entries.findIndex((entry, i) => i >= focus && isOpen(entry));
  board.go(further < 0 ? entries.findIndex(isOpen) : further);
}

function label(fineClass) {
  const chosen = board.chosen;
  if (board.entries.length) give(chosen.length ? chosen : [board.current], fineClass, []);
}

function junk() {
  const rest = restOfPage();
  if (rest.length && junkClass) give(rest, junkClass, board.selected);
  else junkAs();
}

function junkAs() {
  if (!restOfPage().length) {
    say("Every cutout that is drawn is selected: nothing is left to call junk.");
    return;
  }
  at("junk-count").textContent = `${number(restOfPage().length)} on this page ${board.chosen.length ? "are not selected" : "have no label, and none is selected"}.`;
  at("junk-menu").showModal();
}

function junkChosen(fineClass) {
  at("junk-menu").close();
  junkClass = fineClass;
  write(junkKept, fineClass);
  junk();
  showTools();
}

function takeBack() {
  const taken = pages.undo();
  if (!taken) {
    say("Nothing to undo here.");
    return;
  }
  const { step, isHere } = taken;
  const undone = step.labels.map(({ uuid }) => ({ uuid: newUuid(), undoes: uuid }));
  const reopened = step.labels.map(({ candidate }) => pages.find(candidate)).filter((entry) => entry && isOpen(entry));
  progress.count(-reopened.length);
  say(`${number(step.labels.length)}: “${names.get(step.fineClass)}” taken back.`);
  outbox.put({ kind: "undos", uuid: newUuid(), undoes: step.uuid, labels: undone, name: number(undone.length), isHere });
  if (isHere) show(step.selected);
}

function next() {
  if (!pages.current.length) return;
  loan.giveBack(pages.current.filter(isOpen).map(({ card }) => card.id)); // passed over
  pages.index += 1;
  show();
}

function back() {
  if (pages.index === 0) say("This is the first page.");
  else {
    pages.index -= 1;
    show();
    loan.keep(pages.current.filter(isOpen).map(({ card }) => card.id));
  }
}

function number(count) {
  return count === 1 ? "1 cutout" : `${count} cutouts`;
}

// Keys, buttons, outbox

const moves = {
  label,
  junk,
  junkAs,
  undo: takeBack,
  next,
  back,
  restart,
  toggle: () => board.toggle(),
  all: () => board.select(pages.current.filter(isOpen)),
  none: () => board.select([]),
  move: (by, isShift) => board.entries.length && board.move(by, isShift),
  open: () => window.open(board.current?.card.page, "_blank", "noopener"),
  invert: () => root.classList.toggle("is-inverted"),
  help: () => at("help").showModal(),
};
listen(moves, keyMap);
keyMap.show(document);

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-class], [data-move], [data-junk]");
  if (button?.dataset.class) label(button.dataset.class);
  else if (button?.dataset.junk) junkChosen(button.dataset.junk);
  else if (button) moves[button.dataset.move]();
});
listenInMenu(at("junk-menu"), (event) => at("junk-menu").querySelector(`[data-junk="${classOf(event, keyMap)}"]`));
at("help-open").addEventListener("click", moves.help);
at("keys-on").checked = areOn();
at("keys-on").addEventListener("change", ({ target }) => turn(target.checked));
loan.addEventListener("gone", ({ detail }) => {
  pages.drop(detail);
  if (board.entries.some(({ card }) => detail.includes(card.id))) show([...board.selected]);
});
board.addEventListener("select", showTools);
board.addEventListener("drawn", showTools);

outbox.addEventListener("change", () => showOutbox(outbox, login));
outbox.addEventListener("saved", ({ detail: { item, data } }) => {
  if (outbox.isHere(item)) guideline.latest(data.guideline);
  if (item.kind === "undos" && !item.isHere) restart(); // what came back is not on the pages held
  else if (item.kind === "undos") loan.keep(pages.waiting);
  queue.recount();
});
outbox.addEventListener("rejected", ({ detail }) => {
  if (!outbox.isHere(detail)) return;
  if (detail.kind === "labels") pages.withdraw(detail.uuid);
  if (detail.labels) progress.count(detail.kind === "labels" ? -detail.labels.length : detail.labels.length);
  restart();
});

// Start

async function start() {
  showOutbox(outbox, login);
  await queue.begin(JSON.parse(at("first").textContent), `${cutouts}&size=${size}`);
  show();
}

function read(place) {
  try {
    return localStorage.getItem(place) ?? "";
  } catch {
    return "";
  }
}

function write(place, value) {
  try {
    localStorage.setItem(place, value);
  } catch {
    // Storage is switched off: the choice holds for this page.
  }
}

start();

// The scan page: one candidate, one key, the next candidate. The index moves at the key press; the network follows.

import { call } from "./csrf.js";
import { load } from "./elements/frames.js";
import "./elements/streak-viewer.js";
import { areOn, listen, turn } from "./scan/keys.js";
import { Line } from "./scan/line.js";
import { showOutbox } from "./scan/notices.js";
import { Outbox } from "./scan/outbox.js";
import { Progress } from "./scan/progress.js";
import { newUuid } from "./scan/uuid.js";
import { actionOf } from "./viewer/actions.js";

const PREFETCHED = 6;
const LOW = 8; // open candidates ahead below which more are asked for
const LOOK_AGAIN_MS = 10000; // at the end of the queue, for what comes in or is scored meanwhile
const MOST_HELD = 1000; // the server takes no more ids in one request
const SETTLE_MS = 3000; // how long the start waits for labels of an earlier visit to be saved

const page = document.getElementById("scan");
const { user, night, queue, labels, undo, gridLabels, gridUndo, login } = page.dataset;
const viewer = document.getElementById("viewer");
const facts = document.getElementById("facts");
const last = document.getElementById("last");
const end = document.getElementById("end");
const buttons = [...page.querySelectorAll("[data-class]")];
const names = new Map(buttons.map(({ dataset }) => [dataset.class, dataset.name]));
const outbox = new Outbox(user, { label: labels, undo, labels: gridLabels, undos: gridUndo });
const line = new Line();
const progress = new Progress();

let shownAt = null; // when the pixels of the candidate shown were drawn; null until they are
let isAsking = false;
let isExhausted = false;
let scoring = 0;
let away = ""; // why the queue could not be asked, empty while it can
let timer = null;

// Showing

function show() {
  const entry = line.current;
  page.hidden = !entry;
  end.hidden = Boolean(entry);
  if (entry) showCandidate(entry);
  else showEnd();
  prefetch();
  if (line.ahead.length < LOW && !isExhausted) ask();
}

function showCandidate(entry) {
  shownAt = null;
  viewer.setAttribute("src", entry.card.frames); // draws at once where the pixels have been prefetched
  facts.innerHTML = entry.card.html; // made and escaped by the server
  const label = entry.labels.at(-1)?.fineClass;
  for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.class === label));
}

function showEnd() {
  const skipped = line.skipped.length;
  const [title, text] = endText(skipped);
  document.getElementById("end-title").textContent = title;
  document.getElementById("end-text").textContent = text;
  const again = document.getElementById("end-skipped");
  again.hidden = !skipped;
  again.textContent = `Look at ${skipped} skipped again`;
  document.getElementById("end-export").hidden = !isExhausted || Boolean(skipped);
  clearTimeout(timer);
  if (isExhausted) timer = setTimeout(ask, LOOK_AGAIN_MS);
}

function endText(skipped) {
  if (away) return ["The queue cannot be reached", `${away}. Trying again …`];
  if (!isExhausted) return ["Fetching the next candidates …", ""];
  if (skipped) return [`${skipped} skipped`, "All others of this night have your label."];
  if (scoring) return ["Nothing to look at just now", `${scoring} candidates of this night are still being scored; they appear here by themselves.`];
  return ["Night done", `You have judged all ${progress.done} plausible candidates of ${night}. New ones appear here by themselves.`];
}

function drawn({ detail }) {
  if (detail.src === line.current?.card.frames) shownAt ??= performance.now();
}

viewer.addEventListener("drawn", drawn);
viewer.addEventListener("missing", drawn);

// The queue

function prefetch() {
  for (const { card } of line.ahead.slice(0, PREFETCHED)) load(card.frames).catch(() => {}); // tried again when shown
}

async function ask() {
  if (isAsking) return;
  isAsking = true;
  clearTimeout(timer);
  const held = [...line.held, ...outbox.labelled].slice(-MOST_HELD);
  const count = outbox.items.length ? null : outbox.count;
  const answer = await call(`${queue}&exclude=${held.join(",")}`);
  isAsking = false;
  const isAtEnd = !line.current;
  away = answer.outcome === "ok" ? "" : answer.detail;
  if (away) timer = setTimeout(ask, LOOK_AGAIN_MS / 4);
  else take(answer.data, count === outbox.count);
  if (isAtEnd) show();
}

/** Counts are taken from the server only where no label was on its way meanwhile, which it may not have counted. */
function take(data, isQuiet) {
  const before = line.entries.length;
  const pending = new Set(outbox.labelled);
  line.add(data.candidates.filter((card) => !pending.has(card.id)));
  scoring = data.scoring ?? 0;
  isExhausted = line.entries.length === before;
  if (isQuiet) progress.set(data);
  prefetch();
}

// Deciding

function label(fineClass) {
  const entry = line.current;
  if (!entry || shownAt === null) {
    if (entry) say("Not yet: the pixels of this one are not drawn.");
    return;
  }
  const uuid = newUuid();
  const seconds = Math.max(0, Math.round(performance.now() - shownAt)) / 1000;
  if (!entry.labels.length) progress.count(1);
  progress.decided();
  line.label(uuid, fineClass);
  say(`${entry.card.name}: ${names.get(fineClass)}.`);
  show();
  outbox.put({ kind: "label", uuid, candidate: entry.card.id, name: entry.card.name, fine_class: fineClass, seconds });
  progress.show();
}

function takeBack() {
  const taken = line.undo();
  if (!taken) {
    say("Nothing to undo here.");
    return;
  }
  const entry = line.current;
  if (!entry.labels.length) progress.count(-1);
  say(`${entry.card.name}: “${names.get(taken.fineClass)}” taken back.`);
  show();
  outbox.put({ kind: "undo", uuid: newUuid(), undoes: taken.uuid, candidate: entry.card.id, name: entry.card.name });
}

function back() {
  if (line.back()) show();
  else say("This is the first one.");
}

function skip() {
  if (line.skip()) show();
}

function say(text) {
  last.textContent = text;
}

// Keys, buttons, outbox

const help = document.getElementById("help");
const moves = { back, skip, undo: takeBack, label, help: () => help.showModal(), view: (key) => viewer.run(actionOf(key)) };
listen((name, argument) => moves[name](argument), keysOf(buttons));

function keysOf(all) {
  return new Map(all.flatMap(({ dataset }) => [[dataset.digit, dataset.class], [dataset.letter, dataset.class]]));
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-class], [data-move]");
  if (button?.dataset.class) label(button.dataset.class);
  else if (button) moves[button.dataset.move]();
});
document.getElementById("help-open").addEventListener("click", () => help.showModal());
document.getElementById("end-skipped").addEventListener("click", () => {
  line.reopen();
  show();
});
const keysOn = document.getElementById("keys-on");
keysOn.checked = areOn();
keysOn.addEventListener("change", () => turn(keysOn.checked));

outbox.addEventListener("change", () => showOutbox(outbox, login));
outbox.addEventListener("rejected", ({ detail }) => {
  if (detail.kind !== "label") return;
  progress.count(-1);
  line.withdraw(detail.uuid);
  if (!line.current) show();
});

// Start

async function start() {
  let first = JSON.parse(document.getElementById("first").textContent);
  showOutbox(outbox, login);
  if (outbox.unsaved.length) {
    // Labels of an earlier visit: save them first, then ask what is left.
    await Promise.race([outbox.flush(), new Promise((resolve) => setTimeout(resolve, SETTLE_MS))]);
    const answer = await call(`${queue}&recent=1`);
    if (answer.outcome === "ok") first = answer.data;
  }
  line.remember(first.recent);
  take(first, true);
  show();
}

start();

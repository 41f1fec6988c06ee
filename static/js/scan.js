// The scan page: one candidate, one key, the next candidate. The index moves at the key press; the network follows.

import "./copy_buttons.js";
import { call } from "./csrf.js";
import { load } from "./elements/frames.js";
import "./elements/comment-thread.js";
import "./elements/streak-viewer.js";
import { keystroke, listenInMenu } from "./keystroke.js";
import { showAlike } from "./scan/alike.js";
import { Guideline } from "./scan/guideline.js";
import { copySaid } from "./scan/copying.js";
import { ending, offerAll } from "./scan/ending.js";
import { help } from "./scan/help.js";
import { KeyMap } from "./scan/key_map.js";
import { areOn, listen, turn } from "./scan/keys.js";
import { Line } from "./scan/line.js";
import { Loan } from "./scan/loan.js";
import { Looks } from "./scan/looks.js";
import { showOutbox } from "./scan/notices.js";
import { Occlusion } from "./scan/occlusion.js";
import { addresses, Outbox } from "./scan/outbox.js";
import { painted } from "./scan/painted.js";
import { Progress } from "./scan/progress.js";
import { MOST_HELD, Queue } from "./scan/queue.js";
import { Remark, remarkText } from "./scan/remark.js";
import { shown } from "./scan/shown.js";
import { newUuid } from "./scan/uuid.js";

const PREFETCHED = 6;
const REST_MS = 400; // on one candidate, before what looks alike is asked for
const PUT_OFF = { snooze: "snoozed", purgatory: "in purgatory", hide: "hidden from your queue" };

const at = (id) => document.getElementById(id);
const page = at("scan");
const { user, campaign, night, choice, recent, card, neighbours, login } = page.dataset; // a campaign's own work has no night
const low = Number(page.dataset.low); // open candidates ahead below which more are asked for
const viewer = at("viewer");
const facts = at("facts");
const buttons = [...page.querySelectorAll("[data-class]")];
const names = new Map(buttons.map(({ dataset }) => [dataset.class, dataset.name]));
const outbox = new Outbox(user, addresses(page), campaign);
const line = new Line();
const loan = new Loan(page, () => line.waiting);
const looks = new Looks(page.dataset.looks, user);
const progress = new Progress();
const queue = new Queue({ outbox, loan, progress }, { address, add, answered });
const occlusion = new Occlusion(viewer, say, () => line.current && (line.current.seen.explanation = true));
const guideline = new Guideline(page);
const remark = new Remark(at("remark"), say);
const keyMap = new KeyMap(JSON.parse(at("actions").textContent));

let shownAt = null; // when the pixels of the candidate shown came to the screen; null until they are there
let resting = null; // timer of what looks alike

// Showing

function show() {
  const entry = line.current;
  page.hidden = !entry;
  at("end").hidden = Boolean(entry);
  if (entry) showCandidate(entry);
  else showEnd();
  prefetch();
  if (line.ahead.length < low) queue.want();
  loan.refresh();
}

function showCandidate(entry) {
  shownAt = null;
  page.setAttribute("data-waits", ""); // until it is on the screen
  occlusion.forget();
  remark.forget();
  viewer.setAttribute("src", entry.card.frames); // draws at once where the pixels have been prefetched
  facts.innerHTML = entry.card.html; // made and escaped by the server
  const label = entry.labels.at(-1)?.fineClass;
  for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.class === label));
  for (const button of page.querySelectorAll("[data-move]")) {
    if (button.dataset.move in PUT_OFF) button.setAttribute("aria-pressed", String(button.dataset.move === entry.deferral?.kind));
  }
  showNeighbours(entry);
  if (label && !entry.card.is_open) unseal(entry);
}

/** Fetch what looks alike, once the vetter rests on a candidate: a quick label needs no request. */
function showNeighbours(entry) {
  clearTimeout(resting);
  at("neighbours").replaceChildren();
  if (!entry.card.is_open) return;
  resting = setTimeout(async () => {
    const isHere = () => entry === line.current;
    if (await showAlike(at("neighbours"), `${neighbours}&candidate=${entry.card.id}`, isHere)) entry.seen.neighbours = true;
  }, REST_MS);
}

/** Fetch what a blind campaign shows after the vote. */
async function unseal(entry) {
  const { outcome, data } = await call(`${card}&candidate=${entry.card.id}`);
  if (outcome !== "ok") return;
  entry.card = data;
  if (entry !== line.current) return;
  facts.innerHTML = entry.card.html;
  showNeighbours(entry);
}

function showEnd() {
  page.removeAttribute("data-waits");
  const skipped = line.skipped.length;
  const rest = skipped ? `${skipped} skipped` : "";
  const { isExhausted } = queue;
  const [title, text] = ending({ things: "candidates", night, choice, rest, ...queue.told });
  at("end-title").textContent = title;
  at("end-text").textContent = text;
  const again = at("end-skipped");
  again.hidden = !skipped;
  again.textContent = `Look at ${skipped} skipped again`;
  at("end-export").hidden = !isExhausted || Boolean(skipped) || (Boolean(night) && !progress.done);
  at("end-back").hidden = line.index === 0;
  offerAll(isExhausted);
  queue.lookAgain();
}

function drawn({ detail }) {
  const entry = line.current;
  if (detail.src !== entry?.card.frames) return;
  painted(() => {
    if (entry !== line.current) return;
    shownAt ??= performance.now();
    looks.saw(entry.card.id);
    page.removeAttribute("data-waits");
  });
}

viewer.addEventListener("drawn", drawn);
viewer.addEventListener("missing", drawn);

// The queue

function prefetch() {
  for (const { card } of line.ahead.slice(0, PREFETCHED)) load(card.frames).catch(() => {}); // tried again when shown
}

function address() {
  const held = [...line.held, ...outbox.labelled].slice(-MOST_HELD);
  return `${page.dataset.queue}&exclude=${held.join(",")}`;
}

function add(cards, { recent }) {
  if (recent) line.remember(recent);
  const isAtEnd = line.add(cards) === 0;
  prefetch();
  return isAtEnd;
}

function answered() {
  if (page.hidden) show();
}

// Deciding

function label(fineClass) {
  const entry = line.current;
  if (!names.has(fineClass)) return; // not in the campaign's class set
  if (!entry || shownAt === null) {
    if (entry) say("Not yet: the pixels of this one are not drawn.");
    else if (!queue.isExhausted) say("Not yet: the next candidates are on their way.");
    return;
  }
  give(fineClass, Math.max(0, Math.round(performance.now() - shownAt)) / 1000);
}

/** `seconds`: how long the decision took; null where it repeats an earlier one, with what was said with that. */
function give(fineClass, seconds, said = remark.take()) {
  const { card, labels, seen } = line.current;
  const uuid = newUuid();
  if (!labels.length) progress.count(1);
  progress.decided(seconds);
  line.label(uuid, fineClass, said);
  say(`${card.name}: ${[names.get(fineClass), remarkText(said)].filter(Boolean).join(", ")}.`);
  show();
  const item = { uuid, candidate: card.id, name: card.name, fine_class: fineClass, seconds, guideline: guideline.version, shown: shown(card, seen), ...said };
  outbox.put({ kind: "label", ...item });
  progress.show();
}

function putOff(kind, span = null) {
  if (!line.current) return;
  const { card, labels } = line.current;
  if (labels.length) {
    say("It has your label; take that back first.");
    return;
  }
  const uuid = newUuid();
  if (!line.current.deferral) progress.putOff(1);
  line.defer({ uuid, kind, span });
  say(`${card.name}: ${PUT_OFF[kind]}.`);
  outbox.put({ kind: "defer", uuid, candidate: card.id, name: card.name, defer: kind, span }); // first: show() may ask for more, without this one
  show();
}

async function takeBack() {
  const { decisions } = line;
  let taken = line.undo();
  const lacking = taken ? "" : await fetchOlder();
  if (!taken && !lacking && decisions === line.decisions) taken = line.undo(); // not what was decided meanwhile
  if (!taken) {
    say(lacking || "Nothing to undo here.");
    return;
  }
  const { card, labels } = line.current;
  const what = taken.deferral ? PUT_OFF[taken.deferral.kind] : names.get(taken.fineClass);
  if (taken.deferral) progress.putOff(-1);
  else if (!labels.length) progress.count(-1);
  say(`${card.name}: “${what}” taken back.`);
  show();
  const item = { uuid: newUuid(), undoes: taken.deferral?.uuid ?? taken.uuid, candidate: card.id, name: card.name };
  outbox.put({ kind: taken.deferral ? "resume" : "undo", ...item });
}

/** Decisions of earlier visits come a dozen at a time, so that undo reaches back to the first one; say why they do not come. */
async function fetchOlder() {
  if (!line.oldest) return "";
  const { outcome, data, detail } = await call(`${recent}&before=${line.oldest}`);
  if (outcome === "ok") line.remember(data.recent);
  return outcome === "ok" ? "" : `What you decided before cannot be reached: ${detail}.`;
}

function redo() {
  const again = ({ fineClass, deferral, said }) => (deferral ? putOff(deferral.kind, deferral.span) : give(fineClass, null, said));
  if (!line.redo(again)) say("Nothing was taken back.");
}

function back() {
  if (line.back()) show();
  else say("This is the first one.");
}

function skip() {
  const { current } = line;
  if (!line.skip()) return;
  if (current.isSkipped) loan.giveBack([current.card.id]);
  show();
}

/** A link that shows this candidate at this view to whoever may log in. */
async function link() {
  if (!line.current) return;
  const view = new URLSearchParams({ ...(night ? {} : { campaign }), candidate: line.current.card.id, ...viewer.view?.() });
  await copySaid(`${location.origin}${location.pathname}?${view}`, "The link to this candidate at this view", say);
}

async function copyPosition() {
  const position = line.current && facts.querySelector("[data-copy]").dataset.copy;
  if (position) await copySaid(position, `The position ${position}`, say);
}

function comment() {
  if (!line.current) return;
  const { card } = line.current;
  at("comments-title").textContent = `Comments on ${card.name}`;
  at("thread").dataset.candidate = card.id;
  at("comments").showModal();
  at("thread").querySelector("textarea").focus();
}

function say(text) {
  at("last").textContent = text;
}

// Keys, buttons, outbox

const moves = {
  back,
  skip,
  undo: takeBack,
  redo,
  snooze: () => line.current && at("snooze-menu").showModal(),
  purgatory: () => putOff("purgatory"),
  hide: () => putOff("hide"),
  sure: () => line.current && remark.press(),
  remark: () => line.current && remark.ask(),
  comment,
  link,
  "copy-position": copyPosition,
  occlusion: () => line.current && occlusion.press(line.current.card),
  help: () => at("help").showModal(),
};

function act(name) {
  if (name.startsWith("class.")) return label(name.slice("class.".length));
  if (name.startsWith("viewer.")) return viewer.run(name.slice("viewer.".length));
  return moves[name]?.();
}

listen(act, keyMap);
keyMap.show(document);
help(at("help"), keyMap, new Map(buttons.map(({ dataset, title }) => [`class.${dataset.class}`, title])));

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-class], [data-move], [data-span]");
  if (button?.dataset.class) label(button.dataset.class);
  else if (button?.dataset.span) snoozed(button.dataset.span);
  else if (button) moves[button.dataset.move]();
});
listenInMenu(at("snooze-menu"), (event) => at("snooze-menu").querySelector(`[data-digit="${CSS.escape(keystroke(event))}"]`));

function snoozed(span) {
  at("snooze-menu").close();
  putOff("snooze", span);
}

at("help-open").addEventListener("click", () => at("help").showModal());
at("end-skipped").addEventListener("click", async () => {
  await loan.keep(line.skipped.map(({ card }) => card.id)); // some may be with others by now
  line.reopen();
  show();
});
at("keys-on").checked = areOn();
at("keys-on").addEventListener("change", ({ target }) => turn(target.checked));

outbox.addEventListener("change", () => showOutbox(outbox, login));
outbox.addEventListener("saved", ({ detail: { item, data } }) => {
  queue.recount();
  if (!outbox.isHere(item)) return;
  guideline.latest(data.guideline);
  if (item.kind === "label" && item.candidate === line.current?.card.id && !line.current.card.is_open) unseal(line.current);
  if (item.undoes) loan.keep([item.candidate]); // it is open again
});
loan.addEventListener("gone", ({ detail }) => {
  const dropped = line.drop(detail);
  if (dropped) say(`${dropped} that came next ${dropped === 1 ? "is" : "are"} with other vetters by now.`);
  if (line.current) prefetch();
});
outbox.addEventListener("rejected", ({ detail }) => {
  if (!outbox.isHere(detail)) return;
  const entry = line.withdraw(detail.uuid);
  if (!entry) return;
  if (detail.kind === "defer") progress.putOff(-1);
  else if (!entry.labels.length) progress.count(-1);
  if (!line.current) show();
});

// Start

async function start() {
  const first = JSON.parse(at("first").textContent);
  showOutbox(outbox, login);
  await queue.begin(first, `${page.dataset.queue}&recent=1`);
  if (first.shared) line.open(first.shared.candidate, first.shared.label);
  show();
}

start();

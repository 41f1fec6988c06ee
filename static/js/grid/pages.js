// The pages of the grid and the steps taken on them. No DOM, no network.

import { shown } from "../scan/shown.js";

const KEPT = 30; // steps that can be undone after a reload

export class Pages {
  /** `place`: where the steps are kept in this tab, so that a reload leaves them undoable. */
  constructor(place) {
    this.place = place;
    this.pages = []; // of entries {card, labels: [{uuid, fineClass}], isDrawn}; the last label is the one that holds
    this.index = 0;
    this.tail = ""; // id that the next page follows in the queue
    this.steps = readSteps(place); // {uuid, fineClass, labels: [{uuid, candidate, shown}], selected: [id]}
  }

  get current() {
    return this.pages[this.index] ?? [];
  }

  get isLast() {
    return this.index >= this.pages.length - 1;
  }

  get entries() {
    return this.pages.flat();
  }

  /** What has no label here. */
  get passed() {
    return this.entries.filter(isOpen);
  }

  /** Ids that this vetter has yet to judge: of the page shown and those fetched after it. */
  get waiting() {
    return this.pages.slice(this.index).flat().filter(isOpen).map(({ card }) => card.id);
  }

  /** Leave out what others have meanwhile; an entry that was labelled once can be labelled again. */
  drop(ids) {
    const known = new Set(this.steps.flatMap(({ labels }) => labels.map(({ candidate }) => candidate)));
    const isGone = (entry) => isOpen(entry) && ids.includes(entry.card.id) && !known.has(entry.card.id);
    const pages = this.pages.map((entries) => entries.filter((entry) => !isGone(entry)));
    this.index -= pages.slice(0, this.index).filter((entries) => !entries.length).length;
    this.pages = pages.filter((entries) => entries.length);
  }

  find(id) {
    return this.entries.find((entry) => entry.card.id === id);
  }

  add(cards) {
    const unknown = cards.filter((card) => !this.find(card.id));
    if (unknown.length) this.pages.push(unknown.map((card) => ({ card, labels: [], isDrawn: false })));
    return unknown.length > 0;
  }

  clear() {
    this.pages = [];
    this.index = 0;
    this.tail = "";
  }

  /** Label entries in one step, which `selected` goes back to when it is undone. */
  label(uuid, fineClass, entries, selected, newUuid) {
    const labels = entries.map(({ card }) => ({ uuid: newUuid(), candidate: card.id, shown: shown(card) }));
    entries.forEach((entry, i) => entry.labels.push({ uuid: labels[i].uuid, fineClass }));
    const step = { uuid, fineClass, labels, selected: [...selected] };
    this.steps.push(step);
    this.keep();
    return step;
  }

  /** Take the last step back and stand at its page; null where there is none. */
  undo() {
    const step = this.steps.pop();
    if (!step) return null;
    this.forget(step);
    const page = this.pages.findIndex((entries) => entries.some((entry) => entry.card.id === step.labels[0].candidate));
    if (page >= 0) this.index = page;
    return { step, isHere: page >= 0 };
  }

  /** Forget a step that the server refused; its page is offered again. */
  withdraw(uuid) {
    const step = this.steps.find((each) => each.uuid === uuid);
    if (!step) return;
    this.steps = this.steps.filter((each) => each !== step);
    this.forget(step);
  }

  forget(step) {
    const gone = new Set(step.labels.map((label) => label.uuid));
    for (const entry of this.entries) entry.labels = entry.labels.filter((label) => !gone.has(label.uuid));
    this.keep();
  }

  keep() {
    try {
      sessionStorage.setItem(this.place, JSON.stringify(this.steps.slice(-KEPT)));
    } catch {
      // Full or switched off: steps can be undone until the page is left.
    }
  }
}

export function isOpen(entry) {
  return !entry.labels.length;
}

function readSteps(place) {
  try {
    return JSON.parse(sessionStorage.getItem(place)) ?? [];
  } catch {
    return [];
  }
}

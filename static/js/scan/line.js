// The line of candidates: those judged, the one shown, those to come. No DOM, no network.

export class Line {
  constructor() {
    this.entries = []; // {card, seen, labels: [{uuid, fineClass, said}], deferral: {uuid, kind, span}, isSkipped}; the last label holds
    this.index = 0;
    this.steps = []; // {entry, deferral?} in the order of the decisions, for undo
    this.undone = []; // {entry, fineClass, said} or {entry, deferral}: what redo decides again
    this.decisions = 0; // made on this page, whatever was taken back
    this.oldest = null; // UUID of the first decision of an earlier visit that is known here
  }

  get current() {
    return this.entries[this.index] ?? null;
  }

  /** What will be shown from here on, nearest first. */
  get ahead() {
    return this.entries.slice(this.index + 1).filter(isOpen);
  }

  get skipped() {
    return this.entries.filter((entry) => entry.isSkipped);
  }

  find(id) {
    return this.entries.find((entry) => entry.card.id === id);
  }

  /** Ids that the server need not send again: what is open here. What is saved it leaves out by itself. */
  get held() {
    return this.entries.filter(isUndecided).map((entry) => entry.card.id);
  }

  /** Ids that are not skipped: what this vetter has yet to judge. */
  get waiting() {
    return this.entries.filter(isOpen).map((entry) => entry.card.id);
  }

  /** Leave out what others have meanwhile and say how many; the one shown stays, what a link asked for, and what can be decided again. */
  drop(ids) {
    const before = this.entries.length;
    const stays = new Set([this.current, ...this.undone.map(({ entry }) => entry)]);
    const isGone = (entry) => ids.includes(entry.card.id) && isUndecided(entry) && !entry.isAsked && !stays.has(entry);
    this.index -= this.entries.slice(0, this.index).filter(isGone).length;
    this.entries = this.entries.filter((entry) => !isGone(entry));
    return before - this.entries.length;
  }

  /** Put what was decided before this page was opened at the head, so that it can be seen and undone. */
  remember(recent) {
    const older = recent.filter(({ candidate }) => !this.find(candidate.id)).map(({ uuid, candidate, fine_class: fineClass, said, kind, span }) => ({
      ...fresh(candidate),
      ...(kind ? { deferral: { uuid, kind, span } } : { labels: [{ uuid, fineClass, said }] }),
    }));
    this.entries.unshift(...older);
    this.steps.unshift(...older.map((entry) => ({ entry, ...(entry.deferral && { deferral: entry.deferral }) })));
    this.index += older.length;
    this.oldest = recent[0]?.uuid ?? null;
  }

  /** Stand at a candidate that somebody was sent a link to; it keeps this vetter's label where it has one. */
  open(card, label) {
    const known = this.find(card.id);
    const entry = known ?? fresh(card);
    entry.isAsked = true;
    if (label && !known) entry.labels.push({ uuid: label.uuid, fineClass: label.fine_class, said: label.said });
    const place = this.entries.indexOf(entry);
    if (place >= 0 && place < this.index) this.index = place;
    else this.entries = [...this.entries.slice(0, this.index), entry, ...this.entries.slice(this.index).filter((other) => other !== entry)];
  }

  /** Add candidates by score and say how many; the one shown and the next, which is already drawn, keep their places. */
  add(cards) {
    let added = 0;
    for (const card of cards) {
      const known = this.find(card.id);
      if (known && (!known.deferral || known === this.current)) continue;
      const entry = known ?? fresh(card);
      if (known) this.bringBack(known);
      let place = this.entries.findIndex((other, i) => i > this.index + 1 && isOpen(other) && score(other) < score(entry));
      if (place < 0) place = this.entries.length;
      this.entries.splice(place, 0, entry);
      added += 1;
    }
    return added;
  }

  /** A snooze has run out: the candidate leaves its old place. */
  bringBack(entry) {
    const place = this.entries.indexOf(entry);
    entry.deferral = null;
    this.entries.splice(place, 1);
    if (place < this.index) this.index -= 1;
  }

  /** `said`: what goes with the label, for redo. */
  label(uuid, fineClass, said) {
    const entry = this.current;
    entry.labels.push({ uuid, fineClass, said });
    this.decided({ entry });
  }

  defer(deferral) {
    const entry = this.current;
    entry.deferral = deferral;
    this.decided({ entry, deferral });
  }

  decided(step) {
    step.entry.isSkipped = false;
    this.decisions += 1;
    this.steps.push(step);
    this.undone = [];
    this.forward();
  }

  /** Take the last decision back and stand at its candidate; null where there is none. */
  undo() {
    let step = this.steps.pop();
    while (step?.deferral && step.entry.deferral !== step.deferral) step = this.steps.pop(); // it has come back by itself
    if (!step) return null;
    const { entry, deferral } = step;
    this.index = this.entries.indexOf(entry);
    if (deferral) entry.deferral = null;
    const taken = deferral ? { deferral } : entry.labels.pop();
    this.undone.push({ entry, ...taken });
    return taken;
  }

  /** Stand at what was taken back last and say what it was; `again` decides it and must not forget the rest. */
  redo(again) {
    const step = this.undone.pop();
    if (!step) return false;
    const rest = this.undone;
    this.index = this.entries.indexOf(step.entry);
    again(step);
    this.undone = rest;
    return true;
  }

  /** Forget a decision that the server refused, and give its candidate; null where it is not known here. */
  withdraw(uuid) {
    const step = this.steps.find(({ entry, deferral }) => deferral?.uuid === uuid || entry.labels.some((label) => label.uuid === uuid));
    if (!step) return null;
    const { entry } = step;
    if (step.deferral) entry.deferral = null;
    else entry.labels = entry.labels.filter((label) => label.uuid !== uuid);
    this.steps.splice(this.steps.indexOf(step), 1);
    entry.isSkipped = !entry.labels.length; // it is offered again at the end of the night
    return entry;
  }

  back() {
    if (this.index === 0) return false;
    this.index -= 1;
    return true;
  }

  skip() {
    if (!this.current) return false;
    if (isOpen(this.current)) this.current.isSkipped = true;
    this.index += 1;
    return true;
  }

  /** To the first open candidate after this one: also from far back in the history. */
  forward() {
    const next = this.entries.findIndex((entry, i) => i > this.index && isOpen(entry));
    this.index = next < 0 ? this.entries.length : next;
  }

  /** Offer what was skipped once more. */
  reopen() {
    const again = this.skipped;
    this.entries = [...this.entries.filter((entry) => !entry.isSkipped), ...again];
    for (const entry of again) entry.isSkipped = false;
    this.index = this.entries.length - again.length;
  }
}

function fresh(card) {
  return { card, seen: {}, labels: [], deferral: null, isSkipped: false };
}

function isUndecided({ labels, deferral }) {
  return !labels.length && !deferral;
}

function isOpen(entry) {
  return isUndecided(entry) && !entry.isSkipped;
}

/** Candidates without a score come last, and none is dropped. */
function score(entry) {
  return entry.card.p ?? -1;
}

// The line of candidates: those judged, the one shown, those to come. No DOM, no network.

export class Line {
  constructor() {
    this.entries = []; // {card, labels: [{uuid, fineClass}], isSkipped}; the last label is the one that holds
    this.index = 0;
    this.stack = []; // entries in the order of their labels, for undo
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

  has(id) {
    return this.entries.some((entry) => entry.card.id === id);
  }

  /** Ids that the server need not send again: what is open here. What is saved it leaves out by itself. */
  get held() {
    return this.entries.filter((entry) => !entry.labels.length).map((entry) => entry.card.id);
  }

  /** Put labels given before this page was opened at the head, so that they can be seen and undone. */
  remember(recent) {
    for (const { uuid, fine_class: fineClass, candidate } of recent) {
      if (this.has(candidate.id)) continue;
      const entry = { card: candidate, labels: [{ uuid, fineClass }], isSkipped: false };
      this.entries.push(entry);
      this.stack.push(entry);
    }
    this.index = this.entries.length;
  }

  /** Add candidates by score; the one shown and the one after it, which is already drawn, keep their places. */
  add(cards) {
    for (const card of cards) {
      if (this.has(card.id)) continue;
      const entry = { card, labels: [], isSkipped: false };
      let place = this.entries.findIndex((other, i) => i > this.index + 1 && isOpen(other) && score(other) < score(entry));
      if (place < 0) place = this.entries.length;
      this.entries.splice(place, 0, entry);
    }
  }

  label(uuid, fineClass) {
    const entry = this.current;
    entry.labels.push({ uuid, fineClass });
    entry.isSkipped = false;
    this.stack.push(entry);
    this.forward();
    return entry;
  }

  /** Take the last label back and stand at its candidate; null where there is none. */
  undo() {
    const entry = this.stack.pop();
    if (!entry) return null;
    this.index = this.entries.indexOf(entry);
    return entry.labels.pop();
  }

  /** Forget a label that the server refused. */
  withdraw(uuid) {
    const entry = this.entries.find(({ labels }) => labels.some((label) => label.uuid === uuid));
    if (!entry) return;
    entry.labels = entry.labels.filter((label) => label.uuid !== uuid);
    this.stack.splice(this.stack.lastIndexOf(entry), 1);
    entry.isSkipped = !entry.labels.length; // it is offered again at the end of the night
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

function isOpen(entry) {
  return !entry.labels.length && !entry.isSkipped;
}

/** Candidates without a score come last, and none is dropped. */
function score(entry) {
  return entry.card.p ?? -1;
}

// The queue that a page asks for more: one question at a time, and what the last answer said of the rest.

import { call } from "../csrf.js";

export const MOST_HELD = 1000; // the server takes no more ids in one request
const LOOK_AGAIN_MS = 10000; // at the end of the queue, for what comes in or is scored meanwhile
const SETTLE_MS = 3000; // how long the start waits for decisions of an earlier visit to be saved

export class Queue {
  /**
   * `address()`: where more is asked for now; `add(cards, data)`: takes the cards of an answer that no decision is on its
   * way for, and says whether the queue is at its end; `answered()`: shows what an answer has changed.
   */
  constructor({ outbox, loan, progress }, { address, add, answered }) {
    Object.assign(this, { outbox, loan, progress, address, add, answered });
    this.isExhausted = false;
    this.said = {}; // by the last answer
    this.away = ""; // why the queue could not be asked, empty while it can
    this.isAsking = false;
    this.isLate = false; // decisions of an earlier visit are still on their way: the counts leave them out
    this.begun = 0; // the queue was begun anew so often: an answer to an older question is dropped
    this.timer = null;
  }

  /** What the page says at the end of the queue. `others`: {count, minutes}, how many other vetters have, and how long. */
  get told() {
    const { isExhausted, away, progress } = this;
    const { scoring = 0, nothing = "", away: others = null } = this.said;
    return { isExhausted, away, nothing, others, scoring, done: progress.done };
  }

  /** Ask for more, unless there is none now, or the next try is planned already. */
  want() {
    if (!this.isExhausted && !this.away) this.ask();
  }

  async ask() {
    if (this.isAsking) return;
    this.isAsking = true;
    clearTimeout(this.timer);
    const { outbox, begun } = this;
    const count = outbox.items.length ? null : outbox.count;
    const { outcome, data, detail } = await call(this.address());
    this.isAsking = false;
    if (begun !== this.begun) {
      this.ask();
      return;
    }
    this.away = outcome === "ok" ? "" : detail;
    if (this.away) this.timer = setTimeout(() => this.ask(), LOOK_AGAIN_MS / 4);
    else this.take(data, count === outbox.count);
    this.recount();
    this.answered();
  }

  /** Counts are taken from the server only where no decision was on its way meanwhile, which it may not have counted. */
  take(data, isQuiet) {
    const pending = new Set(this.outbox.labelled);
    this.said = data;
    this.isExhausted = this.add(data.candidates.filter((card) => !pending.has(card.id)), data);
    this.loan.take(data);
    if (isQuiet) this.progress.set(data);
    this.isLate = this.isLate && !isQuiet;
  }

  /** Ask for the counts anew, once decisions of an earlier visit are all saved. */
  recount() {
    if (this.isLate && !this.away && !this.outbox.items.length) this.ask();
  }

  /** At its end: see later what has come in. */
  lookAgain(look = () => this.ask()) {
    if (!this.isExhausted) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(look, LOOK_AGAIN_MS);
  }

  restart() {
    this.begun += 1;
    this.isExhausted = false;
    this.away = ""; // it is asked anew at once
  }

  /** Take the page's first answer; where an earlier visit left decisions, save them first, and ask `again` what is left. */
  async begin(first, again) {
    const { outbox } = this;
    let latest = first;
    let isLate = false;
    if (outbox.unsaved.length) {
      await Promise.race([outbox.flush(), new Promise((resolve) => setTimeout(resolve, SETTLE_MS))]);
      isLate = outbox.unsaved.length > 0;
      const { outcome, data } = await call(again);
      if (outcome === "ok") latest = data;
    }
    this.take(latest, true);
    this.isLate = isLate;
    this.recount();
  }
}

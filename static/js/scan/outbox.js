// Labels on their way to the server. Each is kept in this browser from the key press until the server has it.

import { call } from "../csrf.js";

const LONGEST_WAIT = 10; // s between two tries
const SESSION_WAIT = 15; // s: a login in another tab is noticed without a key press

/** Where each kind of item is sent, as `campaigns/_outbox.html` writes it on the page's root. */
export function addresses({ dataset }) {
  const { labels, undo, deferrals, deferralsEnd, gridLabels, gridUndo } = dataset;
  return { label: labels, undo, defer: deferrals, resume: deferralsEnd, labels: gridLabels, undos: gridUndo };
}

export class Outbox extends EventTarget {
  /**
   * `urls`: by kind of item: label, undo, defer and resume of the scan page, labels and undos of the grid. Every page
   * sends all of them, since they share what is kept. `campaign`: whose page this is; each item goes to the campaign of
   * the page that it was put in on. Events "change" (what is unsaved), "rejected" with the item as
   * detail, "saved" with the item and the server's answer to it, `data`.
   */
  constructor(user, urls, campaign) {
    super();
    this.user = user;
    this.campaign = campaign;
    this.urls = urls;
    this.prefix = `outbox.${user}.`;
    this.items = readAll(this.prefix);
    this.trouble = null; // {outcome, detail} of the last try that failed
    this.isKept = true;
    this.count = 0; // of all that was ever put in
    this.failures = 0;
    this.timer = null; // of the next try, after one that failed
    for (const event of ["online", "focus"]) addEventListener(event, () => this.flush());
  }

  get unsaved() {
    return this.items.filter((item) => !item.rejected);
  }

  /** Labels and undoings that are unsaved: a step of the grid holds many. */
  get size() {
    return this.unsaved.reduce((sum, item) => sum + (item.labels?.length ?? 1), 0);
  }

  get rejected() {
    return this.items.filter((item) => item.rejected);
  }

  /** Ids of candidates with a label in this campaign, or put off, which the server does not know yet. */
  get labelled() {
    const undone = new Set(this.items.map((item) => item.undoes));
    const standing = this.unsaved.filter((item) => this.isHere(item) && (item.fine_class || item.defer) && !undone.has(item.uuid));
    return standing.flatMap((item) => item.labels?.map((label) => label.candidate) ?? item.candidate);
  }

  isHere({ campaign }) {
    return (campaign ?? this.campaign) === this.campaign;
  }

  put(item) {
    const undone = this.rejected.find((other) => other.uuid === item.undoes);
    if (undone) {
      this.drop(undone); // the server never took it, so there is nothing to take back
      return;
    }
    const last = this.items.at(-1)?.place ?? 0;
    const kept = { campaign: this.campaign, ...item, place: Math.max(Date.now(), last + 1) }; // the order of sending, also after a reload
    this.items.push(kept);
    this.count += 1;
    this.keep(kept);
    this.changed();
    if (!this.timer) this.flush(); // while the server is away, tries keep their distance however fast labels come
  }

  drop(item) {
    this.items = this.items.filter((other) => other !== item);
    try {
      localStorage.removeItem(this.key(item));
    } catch {
      // Storage is switched off: there was no copy.
    }
    this.changed();
  }

  /** Send all that waits, oldest first; the first failure ends the round and plans the next. */
  async flush() {
    if (this.isSending) return;
    this.isSending = true;
    clearTimeout(this.timer);
    this.timer = null;
    try {
      while (this.unsaved.length && (await this.send(this.unsaved[0])));
    } finally {
      this.isSending = false;
    }
  }

  async send(item) {
    if (this.rejected.some((other) => other.uuid === item.undoes)) {
      this.drop(this.rejected.find((other) => other.uuid === item.undoes));
      this.drop(item);
      return true;
    }
    const { place, kind, name, ...data } = item;
    const answer = await call(this.urls[kind], { method: "POST", data, headers: { "X-Vetter": this.user } });
    if (answer.outcome === "ok" || answer.outcome === "rejected") {
      this.trouble = null;
      this.failures = 0;
      if (answer.outcome === "ok") this.saved(item, answer.data);
      else this.reject(item, answer.detail);
      return true;
    }
    this.trouble = { outcome: answer.outcome, detail: answer.detail };
    this.failures += 1;
    const backoff = Math.min(LONGEST_WAIT, 2 ** (this.failures - 1)) * (0.75 + Math.random() / 2);
    const wait = answer.outcome === "session" ? SESSION_WAIT : (answer.wait ?? backoff);
    this.timer = setTimeout(() => this.flush(), 1000 * wait);
    this.changed();
    return false;
  }

  saved(item, data) {
    this.drop(item);
    this.dispatchEvent(new CustomEvent("saved", { detail: { item, data } }));
  }

  reject(item, reason) {
    item.rejected = reason;
    this.keep(item);
    this.dispatchEvent(new CustomEvent("rejected", { detail: item }));
    this.changed();
  }

  key(item) {
    return `${this.prefix}${String(item.place).padStart(15, "0")}.${item.uuid}`;
  }

  keep(item) {
    try {
      localStorage.setItem(this.key(item), JSON.stringify(item));
    } catch {
      this.isKept = false; // full or switched off: the page must stay open until it is saved
    }
  }

  changed() {
    this.dispatchEvent(new CustomEvent("change"));
  }
}

function readAll(prefix) {
  try {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(prefix));
    return keys.sort().map((key) => JSON.parse(localStorage.getItem(key)));
  } catch {
    return [];
  }
}

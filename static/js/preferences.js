// One preference of the user: on the server for all browsers of theirs, in this browser for the time between.

import { call } from "./csrf.js";

const SETTLE_MS = 400; // several changes in a row are sent once
const AGAIN_MS = 15000;
const { user, preferences } = document.body.dataset;

/** `value` is a JSON object that this class does not look into. Event "change": another tab or browser has set it. */
export class Preference extends EventTarget {
  constructor(name) {
    super();
    this.address = `${preferences}${name}/`;
    this.key = `preference-${name}-${user}`;
    this.changes = 0; // made on this page: what the server said before is older
    this.restore();
    addEventListener("storage", ({ key }) => key === this.key && this.restore());
    addEventListener("online", () => this.isUnsaved && this.send());
    if (this.isUnsaved) this.send();
    else this.fetch();
  }

  /** Take what this browser has kept. */
  restore() {
    const { value = {}, isUnsaved = false } = kept(this.key);
    this.isUnsaved = isUnsaved;
    this.take(value);
  }

  take(value) {
    if (JSON.stringify(value) === JSON.stringify(this.value)) return;
    this.value = value;
    this.changes += 1;
    this.dispatchEvent(new Event("change"));
  }

  set(value) {
    this.value = value;
    this.changes += 1;
    this.isUnsaved = true;
    this.keep();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), SETTLE_MS);
  }

  keep() {
    try {
      localStorage.setItem(this.key, JSON.stringify({ value: this.value, isUnsaved: this.isUnsaved }));
    } catch {
      // Storage is switched off: the preference holds for this page, and on the server.
    }
  }

  async fetch() {
    const { changes } = this;
    const { outcome, data } = await call(this.address);
    if (outcome !== "ok" || this.isUnsaved || changes !== this.changes) return; // a change made meanwhile is newer
    this.take(data.value);
    this.keep();
  }

  /** Send until it is saved; what the server refuses stays in this browser alone. */
  async send() {
    clearTimeout(this.timer);
    const sent = this.value;
    const { outcome } = await call(this.address, { method: "PUT", data: { value: sent } });
    if (outcome === "later" || outcome === "session") this.timer = setTimeout(() => this.send(), AGAIN_MS);
    else if (sent === this.value) {
      this.isUnsaved = false;
      this.keep();
    }
  }
}

function kept(key) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? {};
  } catch {
    return {};
  }
}

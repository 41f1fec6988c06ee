// Tell the server which candidates have stood before the vetter, for the clock from the exposure to the first look.

import { call } from "../csrf.js";

const EVERY_MS = 5000;
const MOST = 500; // in one request

export class Looks {
  constructor(url, user) {
    this.url = url;
    this.user = user;
    this.seen = new Set();
    this.waiting = new Map(); // id → when it was drawn
    setInterval(() => this.send(), EVERY_MS);
    addEventListener("pagehide", () => this.send());
  }

  saw(id) {
    if (this.seen.has(id)) return;
    this.seen.add(id);
    this.waiting.set(id, performance.now());
  }

  async send() {
    const batch = [...this.waiting].slice(0, MOST);
    if (!batch.length) return;
    for (const [id] of batch) this.waiting.delete(id);
    const now = performance.now();
    const looks = batch.map(([candidate, at]) => ({ candidate, seconds_ago: (now - at) / 1000 }));
    const answer = await call(this.url, { method: "POST", data: { looks }, headers: { "X-Vetter": this.user }, keepalive: true });
    if (answer.outcome === "ok" || answer.outcome === "rejected") return;
    for (const [id, at] of batch) this.waiting.set(id, at); // the server is away: with the next ones
  }
}

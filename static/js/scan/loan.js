// What is lent to this page: given back when it is left, lent anew while somebody works on it.

import { call } from "../csrf.js";
import { newUuid } from "./uuid.js";

export class Loan extends EventTarget {
  /**
   * `root`: the page's root, with the address, the user, the campaign and the minutes of a loan. `held`: gives the ids
   * that the page has still to show. Event "gone" with the ids that others have meanwhile, or that need no more votes.
   */
  constructor(root, held) {
    super();
    const { borrowed, user, campaign, minutes } = root.dataset;
    Object.assign(this, { url: borrowed, user, held, half: Number(minutes) * 30000 });
    this.lentBy = null; // as the server said; null where nothing is lent
    this.since = 0;
    this.name = newUuid();
    this.beside = new Set(); // other pages of this vetter on the same campaign: what they show stays lent
    this.channel = new BroadcastChannel(`loan.${user}.${campaign}`);
    this.channel.onmessage = ({ data }) => this.heard(data);
    this.tell({ what: "opened" });
    addEventListener("pagehide", () => this.leave());
    addEventListener("pageshow", ({ persisted }) => persisted && location.reload()); // what it showed was given back
    addEventListener("focus", () => this.refresh());
  }

  /** Note the time of an answer that lent something. */
  take({ lent_by: lentBy }) {
    if (!lentBy) return;
    if (!this.lentBy) this.since = performance.now();
    this.lentBy = lentBy;
  }

  giveBack(ids) {
    if (this.lentBy) this.send({ left: ids });
  }

  /** Borrow what the page holds anew before it runs out, as after a break: also whoever is slow keeps it. */
  refresh() {
    if (!this.lentBy || performance.now() - this.since < this.half) return;
    this.since = performance.now();
    this.keep(this.held());
  }

  async keep(ids) {
    if (!this.lentBy || !ids.length) return;
    const { outcome, data } = await this.send({ kept: ids });
    if (outcome !== "ok") return;
    this.take(data);
    if (data.gone.length) this.dispatchEvent(new CustomEvent("gone", { detail: data.gone }));
  }

  leave() {
    const left = { left: this.lentBy ? this.held() : [], lent_by: this.lentBy };
    this.tell({ what: "left", ...left });
    if (left.left.length && !this.beside.size) this.send(left, true);
  }

  send(data, keepalive = false) {
    const sent = { lent_by: this.lentBy, ...data };
    return call(this.url, { method: "POST", data: sent, headers: { "X-Vetter": this.user }, keepalive });
  }

  tell(data) {
    this.channel.postMessage({ name: this.name, ...data });
  }

  heard({ what, name, left, lent_by: lentBy }) {
    if (what !== "left") this.beside.add(name);
    else this.inherit(name, left, lentBy);
    if (what === "opened") this.tell({ what: "here" });
  }

  /** What another page has left is this one's now; the last one that is open gives back what it does not show. */
  inherit(name, left, lentBy) {
    this.beside.delete(name);
    if (lentBy > this.lentBy) this.lentBy = lentBy;
    const shown = new Set(this.held());
    const unseen = left.filter((id) => !shown.has(id));
    if (unseen.length && !this.beside.size) this.send({ left: unseen, lent_by: lentBy });
  }
}

// The occlusion map of the candidate shown, on a key: fetched, or asked of a worker and waited for.

import { call } from "../csrf.js";
import { decode } from "../elements/frames.js";

const POLL_MS = 500;
const PATIENCE_MS = 60000;
const TIMEOUT_MS = 15000;
const NAMES = { p_asteroid: "asteroid score", rb: "rb", sl: "sl", kd: "kd" };
const ORDER = ["p_asteroid", "rb", "sl", "kd"];

export class Occlusion {
  /** `say`: where the vetter is told what is shown, or why nothing is. `saw`: called when a map is shown. */
  constructor(viewer, say, saw = () => {}) {
    this.viewer = viewer;
    this.say = say;
    this.saw = saw;
    this.forget();
  }

  /** Another candidate is shown: its viewer has dropped the map. */
  forget() {
    this.address = null;
    this.maps = null;
    this.place = -1; // in ORDER; -1 while no map is shown
  }

  /** The first press shows the map of the asteroid score, the next ones those of the families, the last takes it away. */
  async press(card) {
    if (!card.is_open) this.say("You vote blind on it: the map appears after your label.");
    else if (this.address !== card.occlusion) await this.open(card.occlusion);
    else if (this.maps) this.next();
  }

  async open(address) {
    this.forget();
    this.address = address;
    this.say("Asking which part of the cutout the score leans on …");
    try {
      const { shown, reason } = await this.wait(address);
      if (this.address !== address) return;
      if (reason) throw new Error(reason);
      this.maps = new Map(shown.map((map) => [map.kind, map]));
      this.next();
    } catch (error) {
      if (this.address !== address) return;
      this.forget();
      this.say(`No map: ${error.message}.`);
    }
  }

  async wait(address) {
    const end = performance.now() + PATIENCE_MS;
    let isAsked = false;
    while (this.address === address && performance.now() < end) {
      const response = await fetch(address, { redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (response.status === 200) return decode(await response.arrayBuffer());
      if (response.status !== 204) throw new Error(`the server answered ${response.status || "with the login page"}`);
      if (!isAsked) {
        const { outcome, detail } = await call(address, { method: "POST", data: {} });
        if (outcome !== "ok") throw new Error(detail);
        isAsked = true;
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    throw new Error("no worker has made it in a minute");
  }

  next() {
    this.place = this.place + 1 < ORDER.length ? this.place + 1 : -1;
    const name = ORDER[this.place];
    this.viewer.overlay(name ? this.maps.get(name) : null);
    if (name) this.saw();
    this.say(name ? `Orange speaks for the ${NAMES[name]}, blue against it.` : "Map off.");
  }
}

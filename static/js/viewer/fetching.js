// Getting the frames of the address shown, again and again while the server is away.

import { load, Missing, peek } from "../elements/frames.js";

const RETRY_MS = [1000, 2000, 4000, 8000];

export class Fetching {
  /** `on`: came(frames), missing(reason), waiting(reason), at first without one; blank() where the last pixels no longer hold. */
  constructor(on) {
    this.on = on;
    this.src = null;
  }

  /** Ask for an address: at once where its frames have come already. */
  open(src) {
    this.stop();
    this.src = src;
    this.attempt = 0;
    const known = peek(src);
    this.on.waiting("");
    if (known) this.on.came(known);
    else {
      this.on.blank();
      this.fetch(src);
    }
  }

  stop() {
    this.src = null;
    clearTimeout(this.retry);
  }

  async fetch(src) {
    try {
      const frames = await load(src);
      if (src === this.src) this.on.came(frames);
    } catch (error) {
      if (src !== this.src) return;
      if (error instanceof Missing) this.on.missing(error.message);
      else this.wait(src, error.message);
    }
  }

  wait(src, reason) {
    const delay = RETRY_MS[Math.min(this.attempt, RETRY_MS.length - 1)];
    this.attempt += 1;
    this.retry = setTimeout(() => this.fetch(src), delay);
    this.on.waiting(reason);
  }
}

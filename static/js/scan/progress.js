// How far the night is, how fast it goes, and what is not saved.

const RECENT = 30; // decisions that the rate is taken over
const BREAK_MS = 60000; // a longer pause is a coffee, not a slow decision
const ENOUGH = 4; // decisions below which a rate says nothing

export class Progress {
  constructor() {
    this.done = 0;
    this.left = 0;
    this.times = [];
    this.seconds = []; // of each decision of this session
  }

  /** Take the server's counts; only right while nothing is on its way. */
  set({ done, left }) {
    this.done = done;
    this.left = left;
    this.show();
  }

  /** `seconds`: how long the decision took; null for one that repeats an earlier one, which counts in no rate. */
  decided(seconds) {
    if (seconds === null) return;
    this.seconds.push(seconds);
    this.times = [...this.times, performance.now()].slice(-RECENT);
  }

  count(by) {
    this.done += by;
    this.left = Math.max(0, this.left - by);
    this.show();
  }

  /** Candidates that leave the queue, or come back to it, without a label. */
  putOff(by) {
    this.left = Math.max(0, this.left - by);
    this.show();
  }

  get perHour() {
    if (this.times.length < ENOUGH) return null;
    let active = 0;
    for (let i = 1; i < this.times.length; i += 1) active += Math.min(BREAK_MS, this.times[i] - this.times[i - 1]);
    return Math.round(((this.times.length - 1) * 3600000) / Math.max(active, 1));
  }

  get medianSeconds() {
    if (!this.seconds.length) return null;
    const ordered = [...this.seconds].sort((a, b) => a - b);
    return (ordered[Math.floor((ordered.length - 1) / 2)] + ordered[Math.ceil((ordered.length - 1) / 2)]) / 2;
  }

  show() {
    const total = this.done + this.left;
    const bar = document.getElementById("bar");
    bar.max = Math.max(1, total);
    bar.value = this.done;
    document.getElementById("counts").textContent = `${this.done} done · ${this.left} left`;
    const shown = document.getElementById("rate"); // not on the grid, where a step is many decisions
    const rate = this.perHour;
    const median = this.medianSeconds;
    const parts = [rate === null ? "" : `${rate.toLocaleString("en-GB")}/h`, median === null ? "" : `median ${median.toFixed(1)} s`];
    if (shown && rate !== null) shown.textContent = parts.filter(Boolean).join(" · ");
  }
}

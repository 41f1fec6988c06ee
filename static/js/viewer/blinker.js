// Blinking: a step at a steady rate, never faster than the user has asked for, and by hand where motion is unwanted.

const still = matchMedia("(prefers-reduced-motion: reduce)");

export class Blinker {
  constructor(onStep) {
    this.onStep = onStep;
    this.timer = null;
    still.addEventListener("change", () => this.stop());
  }

  get isOn() {
    return this.timer !== null;
  }

  /** Whether every press is one step, because motion is unwanted. */
  get isByHand() {
    return still.matches;
  }

  /** Start or stop; where motion is unwanted, one step. `rate` in changes a second. */
  turn(rate) {
    if (this.isOn) this.stop();
    else {
      this.onStep();
      if (!this.isByHand) this.pace(rate);
    }
  }

  pace(rate) {
    clearInterval(this.timer);
    this.timer = setInterval(this.onStep, 1000 / rate);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
  }
}

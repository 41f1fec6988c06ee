// What may go with the next label: how sure the vetter is of it, and a few words. Whoever presses neither key sends neither.

const LEVELS = [null, 25, 50, 75]; // per cent; after the last one, not said again

export class Remark {
  /** `dialog` asks for the words; `say` tells what the next label will carry. */
  constructor(dialog, say) {
    this.dialog = dialog;
    this.say = say;
    this.field = dialog.querySelector("input");
    this.held = {};
    this.field.form.addEventListener("submit", () => this.put({ comment: this.field.value.trim() }));
  }

  /** To the next level of how sure. */
  press() {
    this.put({ confidence: LEVELS[(LEVELS.indexOf(this.held.confidence ?? null) + 1) % LEVELS.length] });
  }

  ask() {
    this.field.value = this.held.comment ?? "";
    this.dialog.showModal();
    this.field.select();
  }

  put(part) {
    this.held = { ...this.held, ...part };
    this.say(`The next label: ${remarkText(this.held) || "nothing is said with it"}.`);
  }

  /** Give what goes with a label, once. */
  take() {
    const { held } = this;
    this.held = {};
    return held;
  }

  /** Another candidate is shown: what was said of the one before goes with no label. */
  forget() {
    if (remarkText(this.take())) this.say("");
  }
}

export function remarkText({ confidence, comment }) {
  return [confidence ? `${confidence} % sure` : "", comment ? `“${comment}”` : ""].filter(Boolean).join(", ");
}

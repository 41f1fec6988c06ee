// The viewer's row of controls. What they set is kept by `settings.js`; what they do is an action of the viewer.

import { VIEWER_ACTIONS } from "./actions.js";
import { COLOURS } from "./colours.js";
import { FAST_RATES, rates, SAFE_RATE, settings } from "./settings.js";
import { LIMITS, STRETCHES } from "./stretch.js";

const MARKS = { hasEnds: "ends of the fit", hasMotion: "motion, ± its direction", hasCompass: "north and east", hasBar: "scale" };

export class Toolbar {
  /** `run(action)` does one; `adjust(name, value)` sets "contrast" or "bias"; `save(kind)` downloads "png" or a frame. */
  constructor({ run, adjust, save }) {
    this.element = document.createElement("div");
    this.element.className = "viewer-toolbar";
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", "Viewer");
    this.element.innerHTML = CONTROLS;
    this.run = run;
    this.adjust = adjust;
    this.save = save;
    this.isByPointer = false;
    this.element.addEventListener("pointerdown", () => (this.isByPointer = true));
    this.element.addEventListener("keydown", () => (this.isByPointer = false));
    this.element.addEventListener("change", (event) => this.choose(event.target));
    this.element.addEventListener("input", ({ target }) => target.dataset.adjust && adjust(target.dataset.adjust, Number(target.value)));
    this.element.addEventListener("click", ({ target }) => this.press(target.closest("[data-action], [data-save]")));
    this.show();
  }

  find(selector) {
    return this.element.querySelector(selector);
  }

  choose(control) {
    const { setting } = control.dataset;
    const value = control.type === "checkbox" ? control.checked : setting === "rate" ? Number(control.value) : control.value;
    if (setting) settings.change({ [setting]: value });
    if (this.isByPointer) control.blur(); // the next key is a label again, not another choice
  }

  press(button) {
    if (button?.dataset.save) this.save(button.dataset.save);
    else if (button) this.run(button.dataset.action);
  }

  /** Show the settings as they are. */
  show() {
    const { values } = settings;
    const offered = rates(values).join();
    if (this.offered !== offered) {
      this.offered = offered;
      this.find('[data-setting="rate"]').innerHTML = options(rates(values), (rate) => `${rate} a second`);
    }
    for (const control of this.element.querySelectorAll("[data-setting]")) {
      const value = values[control.dataset.setting];
      if (control.type === "checkbox") control.checked = value;
      else if (control.value !== String(value)) control.value = value;
    }
    this.isPressed("invert", values.isTurned);
    this.isPressed("marks", values.hasMarks);
    this.isPressed("profile", values.hasProfile);
    this.isPressed("layout", values.layout === "side");
    for (const [action, kind] of [["science", "SCI"], ["reference", "REF"], ["difference", "DIFF"]]) {
      this.isPressed(action, values.layout === "one" && values.frame === kind);
    }
  }

  isPressed(action, isOn) {
    this.find(`[data-action="${action}"]`).setAttribute("aria-pressed", String(isOn));
  }

  /** Show what belongs to this candidate and this moment. */
  state({ frames, isBlinking, zoom, contrast, bias }) {
    const shown = frames?.shown ?? [];
    this.find(".viewer-frames").hidden = shown.length < 2;
    this.isPressed("blink", isBlinking);
    const percent = `${Math.round(100 * zoom)} %`;
    if (this.find('[data-action="fit"]').textContent !== percent) this.find('[data-action="fit"]').textContent = percent;
    this.find('[data-action="reset"]').hidden = contrast === 1 && bias === 0.5;
    this.find('[data-adjust="contrast"]').value = Math.log2(contrast);
    this.find('[data-adjust="bias"]').value = bias;
    for (const button of this.element.querySelectorAll("[data-save]:not([data-save=png])")) {
      button.hidden = !shown.some((frame) => frame.kind === button.dataset.save && frame.fits);
    }
  }
}

/** `hasKey`: its key stands beside the text; a page with a key map of the user's writes that one. */
function button(action, text, hasKey = false) {
  const { key, says } = VIEWER_ACTIONS.find(({ name }) => name === action);
  const named = hasKey ? ` <kbd data-keys="viewer.${action}">${key.replace("Shift+", "⇧ ")}</kbd>` : "";
  return `<button type="button" class="plain" data-action="${action}" title="${says}">${text}${named}</button>`;
}

function options(keys, name = (key) => key) {
  return keys.map((key) => `<option value="${key}">${name(key)}</option>`).join("");
}

function select(setting, text, choices, name) {
  return `<label><span>${text}</span> <select data-setting="${setting}" aria-label="${text}">${options(choices, name)}</select></label>`;
}

function tick(setting, text) {
  return `<label><input type="checkbox" data-setting="${setting}"> ${text}</label>`;
}

const plain = Object.keys(COLOURS).filter((name) => !COLOURS[name].isDiverging);
const CONTROLS = `
  <span class="viewer-frames viewer-group">
    ${button("blink", "Blink", true)}
    <span class="viewer-joined">${button("layout", "All", true)}${button("science", "SCI")}${button("reference", "REF")}${button("difference", "DIFF")}</span>
  </span>
  <span class="viewer-group">
    ${select("stretch", "Stretch", Object.keys(STRETCHES))}
    ${select("limits", "Limits", Object.keys(LIMITS), (key) => LIMITS[key].name)}
    ${select("colours", "Colours", plain, (key) => COLOURS[key].name)}
    ${button("invert", "Invert", true)}
    ${button("reset", "Reset", true)}
  </span>
  <span class="viewer-group">
    ${button("marks", "Marks", true)}
    ${button("profile", "Profile", true)}
  </span>
  <span class="viewer-group viewer-joined">
    ${button("zoomOut", '<span aria-label="Zoom out">−</span>')}${button("fit", "100 %")}${button("zoomIn", '<span aria-label="Zoom in">+</span>')}${button("pixels", "1:1")}
  </span>
  <details class="menu viewer-more">
    <summary>More</summary>
    <div>
      <fieldset><legend>Levels</legend>
        ${select("difference", "Colours of DIFF", ["same", ...Object.keys(COLOURS)], (key) => COLOURS[key]?.name ?? "as the others")}
        ${tick("isShared", "SCI and REF between the same limits")}
        <label><span>Contrast</span> <input type="range" data-adjust="contrast" min="-4.3" max="4.3" step="0.05"></label>
        <label><span>Bias</span> <input type="range" data-adjust="bias" min="0" max="1" step="0.01"></label>
      </fieldset>
      <fieldset><legend>Blinking</legend>
        ${select("blinked", "Frames", ["pair", "all"], (key) => ({ pair: "SCI and REF", all: "all" })[key])}
        ${select("rate", "Changes", [])}
        ${tick("mayFlicker", `Offer up to ${FAST_RATES.at(-1)} a second: more than ${SAFE_RATE} can set off seizures in people with photosensitive epilepsy`)}
      </fieldset>
      <fieldset><legend>Marks</legend>${Object.entries(MARKS).map(([setting, text]) => tick(setting, text)).join("")}</fieldset>
      <fieldset><legend>Download</legend>
        <button type="button" class="plain" data-save="png">PNG of this view</button>
        ${["SCI", "REF", "DIFF"].map((kind) => `<button type="button" class="plain" data-save="${kind}">FITS ${kind}</button>`).join("")}
      </fieldset>
      <p class="viewer-hint">Wheel or pinch: zoom. Drag: move. Right drag, or Shift and drag: contrast and bias. Double click: whole cutout.</p>
    </div>
  </details>`;

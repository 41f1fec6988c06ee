// The viewer's row of settings: every change is kept in this browser and holds for every viewer on the site.

import { LIMITS, STRETCHES } from "./stretch.js";

const KEPT = "viewer";
const FIRST = { stretch: "linear", limits: "zscale", isTurned: false, hasMarks: true };

export class Toolbar {
  constructor(onChange, onBlink) {
    this.onChange = onChange;
    this.onBlink = onBlink;
    this.settings = { ...FIRST, ...kept() };
    this.element = document.createElement("div");
    this.element.className = "viewer-toolbar";
    this.element.innerHTML = `
      <label>Stretch <select data-setting="stretch" title="Stretch (key t)">${options(Object.keys(STRETCHES))}</select></label>
      <label>Limits <select data-setting="limits" title="Limits (key r)">${options(Object.keys(LIMITS), (key) => LIMITS[key].name)}</select></label>
      <button type="button" class="plain" data-action="invert" aria-pressed="false">Invert <kbd>i</kbd></button>
      <button type="button" class="plain" data-action="marks" aria-pressed="true">Marks <kbd>m</kbd></button>
      <button type="button" class="plain" data-action="blink" aria-pressed="false" disabled>Blink <kbd>b</kbd></button>`;
    this.element.addEventListener("change", (event) => this.choose(event.target));
    this.element.addEventListener("click", (event) => this.run(event.target.closest("[data-action]")?.dataset.action));
    this.show();
  }

  button(action) {
    return this.element.querySelector(`[data-action="${action}"]`);
  }

  choose(select) {
    this.change({ [select.dataset.setting]: select.value });
    select.blur(); // the next key is a label again, not another choice
  }

  change(settings) {
    Object.assign(this.settings, settings);
    keep(this.settings);
    this.show();
    this.onChange();
  }

  run(name) {
    const { stretch, limits, isTurned, hasMarks } = this.settings;
    if (name === "invert") this.change({ isTurned: !isTurned });
    else if (name === "marks") this.change({ hasMarks: !hasMarks });
    else if (name === "stretch") this.change({ stretch: after(stretch, Object.keys(STRETCHES)) });
    else if (name === "limits") this.change({ limits: after(limits, Object.keys(LIMITS)) });
    else if (name === "blink") this.onBlink();
    else return false;
    return true;
  }

  show() {
    for (const select of this.element.querySelectorAll("select")) select.value = this.settings[select.dataset.setting];
    this.button("invert").setAttribute("aria-pressed", String(this.settings.isTurned));
    this.button("marks").setAttribute("aria-pressed", String(this.settings.hasMarks));
  }

  canBlink(can) {
    this.button("blink").disabled = !can;
  }

  showBlink(isOn) {
    this.button("blink").setAttribute("aria-pressed", String(isOn));
  }
}

function options(keys, name = (key) => key) {
  return keys.map((key) => `<option value="${key}">${name(key)}</option>`).join("");
}

function after(value, values) {
  return values[(values.indexOf(value) + 1) % values.length];
}

/** Only what this version knows: an old or broken entry must not leave the viewer without a stretch. */
function kept() {
  try {
    const { stretch, limits, isTurned, hasMarks } = JSON.parse(localStorage.getItem(KEPT)) ?? {};
    return {
      ...(stretch in STRETCHES && { stretch }),
      ...(limits in LIMITS && { limits }),
      ...(typeof isTurned === "boolean" && { isTurned }),
      ...(typeof hasMarks === "boolean" && { hasMarks }),
    };
  } catch {
    return {};
  }
}

function keep(settings) {
  try {
    localStorage.setItem(KEPT, JSON.stringify(settings));
  } catch {
    // Storage is switched off: the settings hold for this page.
  }
}

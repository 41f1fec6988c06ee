// The filters of the list: sliders beside their numbers, and live counts of what they gain and lose.

import { call } from "./csrf.js";

const PAUSE_MS = 40; // a slider that moves asks once it rests this long
const form = document.querySelector("[data-filters]");
const gains = form.querySelector("[data-gains]");
const sliders = [...form.querySelectorAll("[data-slides]")];
const save = document.querySelector("[data-save]");
let timer = null;
let asked = 0;

function parameters() {
  const set = [...new FormData(form).entries()].filter(([name, value]) => value !== "" && name !== "sort");
  return new URLSearchParams(set);
}

function ask() {
  clearTimeout(timer);
  gains.setAttribute("aria-busy", "true");
  timer = setTimeout(count, PAUSE_MS);
}

async function count() {
  asked += 1;
  const number = asked;
  const { outcome, status, data, detail } = await call(`${form.dataset.counts}?${parameters()}`);
  if (number !== asked) return; // a later question is on its way
  gains.removeAttribute("aria-busy");
  if (outcome === "ok") show(data);
  else gains.textContent = status === 400 ? "No counts: one of the filters cannot be read." : `No counts: ${detail}.`;
}

function show({ total, passing, gate, gained, lost }) {
  const whole = (value) => value.toLocaleString("en-GB");
  const parts = [`${whole(passing)} of ${whole(total)} pass`];
  if (sliders.some(({ value }) => Number(value) > 0)) {
    parts.push(`${whole(gained)} gained and ${whole(lost)} lost against the ${whole(gate)} that pass the gate`);
  } else {
    parts.push(`the gate passes ${whole(gate)}`);
  }
  gains.textContent = `${parts.join("; ")}.`;
}

function numberOf(slider) {
  return form.elements[slider.dataset.slides];
}

for (const slider of sliders) {
  slider.addEventListener("input", () => {
    numberOf(slider).value = Number(slider.value) > 0 ? slider.value : "";
  });
  numberOf(slider).addEventListener("input", () => {
    slider.value = numberOf(slider).value || 0;
  });
}

const active = form.querySelector("[data-active-thresholds]");
active.hidden = !sliders.some((slider) => slider.dataset.threshold);
active.addEventListener("click", () => {
  for (const slider of sliders) {
    numberOf(slider).value = slider.dataset.threshold ?? "";
    slider.value = slider.dataset.threshold ?? 0;
  }
  ask();
});

form.addEventListener("input", ask);

// What the form holds now is what is saved, not what the address had when the page was made.
save.addEventListener("formdata", ({ formData }) => {
  for (const [name, value] of parameters()) formData.set(name, value);
  formData.set("sort", form.elements.sort.value);
});

count();

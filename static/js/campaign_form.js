// The forms of a campaign: only the fields of the chosen pool, and the guideline as vetters will see it.

import { csrfToken } from "./csrf.js";

const SETTLE_MS = 300;

function showPool() {
  const pool = document.querySelector("[name=pool]:checked")?.value;
  for (const part of document.querySelectorAll("[data-pool]")) part.hidden = !part.dataset.pool.split(" ").includes(pool);
}

for (const choice of document.querySelectorAll("[name=pool]")) choice.addEventListener("change", showPool);
showPool();

function showDays() {
  const feedback = document.querySelector("[name=feedback]:checked")?.value;
  for (const part of document.querySelectorAll("[data-feedback]")) part.hidden = part.dataset.feedback !== feedback;
}

for (const choice of document.querySelectorAll("[name=feedback]")) choice.addEventListener("change", showDays);
showDays();
document.querySelector("form [aria-invalid=true]")?.focus();

const section = document.querySelector("[data-preview]");

function written() {
  const fields = [...section.querySelectorAll("[name=text], [name=examples], [name=classes]:checked")];
  return new URLSearchParams(fields.map(({ name, value }) => [name, value]));
}

async function preview() {
  const body = written();
  const headers = { "X-CSRFToken": csrfToken() };
  const answer = await fetch(section.dataset.preview, { method: "POST", headers, body, redirect: "manual" }).catch(() => null);
  const shown = section.querySelector("[data-shown]");
  if (!answer?.ok) shown.textContent = "The preview cannot be fetched now.";
  else if (String(body) === String(written())) shown.innerHTML = await answer.text(); // made and escaped by the server
}

if (section) {
  let timer = null;
  section.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(preview, SETTLE_MS);
  });
  preview();
}

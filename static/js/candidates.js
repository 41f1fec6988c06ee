// The list and the page of a candidate: short addresses of filters, and buttons that copy.

import { copy } from "./copy.js";

const SHOWN_FOR = 1500; // ms

// An empty filter does not belong in the address that people send each other.
document.querySelector("[data-filters]")?.addEventListener("formdata", (event) => {
  for (const [name, value] of [...event.formData.entries()]) {
    if (value === "") event.formData.delete(name);
  }
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (!button) return;
  const said = button.textContent;
  button.disabled = true;
  try {
    await copy(button.dataset.copy);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Failed";
  }
  setTimeout(() => {
    button.textContent = said;
    button.disabled = false;
  }, SHOWN_FOR);
});

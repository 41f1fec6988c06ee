// Buttons that copy what their `data-copy` holds.

import { copy } from "./copy.js";

const SHOWN_FOR = 1500; // ms

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

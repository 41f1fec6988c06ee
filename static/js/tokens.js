// The page of tokens: copy the secret of a new one.

import { copy } from "./copy.js";

const secret = document.querySelector("[data-secret]");
const button = document.querySelector("[data-copy]");
const said = document.querySelector("[data-copied]");

button?.addEventListener("click", async () => {
  try {
    await copy(secret.value);
    said.textContent = "Copied.";
  } catch {
    secret.select();
    said.textContent = "The browser did not copy: the token is selected, copy it by hand.";
  }
});

// Copy on a key, and say in the page's line what became of it.

import { copy } from "../copy.js";

export async function copySaid(text, what, say) {
  try {
    await copy(text);
    say(`${what} is copied.`);
  } catch {
    say("The browser did not copy it.");
  }
}

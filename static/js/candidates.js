// The list and the page of a candidate: short addresses of filters, and buttons that copy.

import "./copy_buttons.js";

// An empty filter does not belong in the address that people send each other.
document.querySelector("[data-filters]")?.addEventListener("formdata", (event) => {
  for (const [name, value] of [...event.formData.entries()]) {
    if (value === "") event.formData.delete(name);
  }
});

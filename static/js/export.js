// The export page: says what the export would hold whenever an answer of the form changes.

const form = document.getElementById("export");
const holds = document.getElementById("export-count");
const button = form.querySelector('button[type="submit"]');
let asked = new AbortController();
let waiting = 0;

function showErrors(errors) {
  for (const place of form.querySelectorAll("[data-error]")) {
    place.textContent = (errors[place.dataset.error] ?? []).join(" ");
  }
}

async function count() {
  asked.abort();
  asked = new AbortController();
  const { signal } = asked;
  holds.setAttribute("aria-busy", "true");
  try {
    const query = new URLSearchParams(new FormData(form));
    const answer = await fetch(`${form.dataset.count}?${query}`, { signal, headers: { "X-Requested-With": "fetch" } });
    if (answer.redirected) throw new Error("the login has ended: load the page again");
    if (answer.status === 400) {
      showErrors((await answer.json()).errors);
      holds.textContent = "Mend the form to see what it would hold.";
      button.disabled = true;
    } else if (answer.ok) {
      showErrors({});
      holds.innerHTML = await answer.text(); // a piece of our own page, escaped by the server
      button.disabled = false;
    } else {
      throw new Error(`the server answers ${answer.status}`);
    }
  } catch (error) {
    if (signal.aborted) return;
    holds.textContent = `Not counted: ${error.message}. The download may still work.`;
    button.disabled = false;
  }
  if (!signal.aborted) holds.removeAttribute("aria-busy");
}

form.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(count, 200);
});

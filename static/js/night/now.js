// Progress, people and clock of a night, asked for again while the page is looked at.

const EVERY_MS = 20000;
const now = document.querySelector("[data-now]");

async function refresh() {
  if (document.hidden || now.contains(document.activeElement)) return; // nothing moves under the reader's hand
  try {
    const answer = await fetch(now.dataset.now, { credentials: "same-origin", redirect: "error" });
    if (answer.ok) now.innerHTML = await answer.text(); // made and escaped by the server
  } catch {
    // The server is away: what stands here is the last that it said.
  }
}

setInterval(refresh, EVERY_MS);
document.addEventListener("visibilitychange", refresh);

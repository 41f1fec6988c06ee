// What the end of a queue says, on the scan page and on the grid.

/**
 * The title and the text. `things`: what the page shows; `night` and `choice`: empty where the queue is a campaign's, or
 * all that is plausible; `rest`: what was left out, in words; the others are what the server said last.
 */
export function ending({ things, night, choice, rest, isExhausted, away, nothing, others, scoring, done }) {
  const those = choice ? `of “${choice}” in the night ${night}` : `of ${night}`;
  const what = choice ? "candidates" : "plausible candidates";
  if (away) return ["The queue cannot be reached", `${away}. Trying again …`];
  if (!isExhausted) return [`Fetching the next ${things} …`, ""];
  if (rest) return [rest, `All others ${night ? those : "that you were given"} have your label, or are put off${others ? `, or others have them: ${awayText(others)}` : "."}`];
  if (!night) return ["Nothing left for you", nothing];
  if (nothing) return ["Nothing is handed out now", nothing];
  if (others) return ["Nothing left for you just now", awayText(others)];
  if (scoring) return ["Nothing to look at just now", `${scoring} candidates of this night are still being scored; they appear here by themselves.`];
  if (!done) return ["Nothing to look at", `None of the ${what} ${those} waits for you. New ones appear here by themselves.`];
  return [choice ? "Choice done" : "Night done", `You have judged ${done} ${what} ${those}. New ones appear here by themselves.`];
}

/** Offer the way from a choice back to all that is plausible. */
export function offerAll(isExhausted) {
  document.getElementById("end-plausible")?.toggleAttribute("hidden", !isExhausted);
}

/** What others have of a night, and until when. */
function awayText({ count, minutes }) {
  const what = count === 1 ? "1 candidate of this night is" : `${count} candidates of this night are`;
  const when = minutes === 1 ? "a minute" : `${minutes} minutes`;
  return `${what} with other vetters now. What they do not judge comes back here by itself, within ${when}.`;
}

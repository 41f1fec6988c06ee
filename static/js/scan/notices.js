// What stands between the vetter and a saved label, in words: unsaved, rejected, session ended, server away.

/** Show the state of the outbox: the badge, and a notice for what needs a hand. */
export function showOutbox(outbox, login) {
  const badge = document.getElementById("unsaved");
  const waiting = outbox.size;
  badge.hidden = waiting === 0;
  badge.textContent = `${waiting} unsaved`;
  badge.title = outbox.isKept ? "kept in this browser and sent again" : "not kept: leave this page open until they are saved";
  const trouble = waiting ? outbox.trouble : null;
  const isSession = trouble?.outcome === "session";
  document.getElementById("trouble").textContent = trouble && !isSession ? troubleText(outbox) : "";
  const notices = outbox.rejected.map((item) => rejectedNotice(outbox, item));
  if (isSession) notices.unshift(sessionNotice(outbox, waiting, login));
  document.getElementById("notices").replaceChildren(...notices);
}

/** In the bar, where nothing moves: there is nothing to do but to go on. */
function troubleText(outbox) {
  const kept = outbox.isKept ? "kept in this browser, sent again by itself" : "only in this page: leave it open";
  return `${outbox.trouble.detail}; ${kept}`;
}

function sessionNotice(outbox, waiting, login) {
  const labels = waiting === 1 ? "1 label is" : `${waiting} labels are`;
  const where = outbox.isKept ? "kept in this browser" : "only in this page: leave it open";
  const element = notice("error", `Not saved: ${outbox.trouble.detail}. ${labels} ${where}. `);
  const link = document.createElement("a");
  link.href = login;
  link.target = "_blank";
  link.rel = "noopener";
  link.textContent = "Log in in a new tab";
  element.append(link, ", then come back here.");
  return element;
}

function rejectedNotice(outbox, item) {
  const what = item.fine_class ? `“${item.fine_class.replace("_", " ")}”` : (item.defer ?? "the undo");
  const element = notice("error", `The server did not take ${what} for ${item.name}: ${item.rejected} `);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain";
  button.textContent = "Dismiss";
  button.addEventListener("click", () => outbox.drop(item));
  element.append(button);
  return element;
}

function notice(kind, text) {
  const element = document.createElement("p");
  element.className = `notice ${kind}`;
  element.textContent = text;
  return element;
}

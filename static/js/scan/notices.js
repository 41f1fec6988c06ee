// What stands between the vetter and a saved label, in words: unsaved, rejected, session ended, server away.

/** Show the state of the outbox; `onRejected(item)` shows a refused label's candidate again where it is known. */
export function showOutbox(outbox, login) {
  const badge = document.getElementById("unsaved");
  const waiting = outbox.unsaved.length;
  badge.hidden = waiting === 0;
  badge.textContent = `${waiting} unsaved`;
  badge.title = outbox.isKept ? "kept in this browser and sent again" : "not kept: leave this page open until they are saved";
  const notices = [];
  if (waiting && outbox.trouble) notices.push(troubleNotice(outbox, waiting, login));
  for (const item of outbox.rejected) notices.push(rejectedNotice(outbox, item));
  document.getElementById("notices").replaceChildren(...notices);
}

function troubleNotice(outbox, waiting, login) {
  const labels = waiting === 1 ? "1 label is" : `${waiting} labels are`;
  const kept = outbox.isKept ? `${labels} kept in this browser` : `${labels} only in this page: leave it open`;
  if (outbox.trouble.outcome !== "session") {
    return notice("warn", `Not saved: ${outbox.trouble.detail}. ${kept} and sent again by itself. Go on labelling.`);
  }
  const element = notice("error", `Not saved: ${outbox.trouble.detail}. ${kept}. `);
  const link = document.createElement("a");
  link.href = login;
  link.target = "_blank";
  link.rel = "noopener";
  link.textContent = "Log in in a new tab";
  element.append(link, ", then come back here.");
  return element;
}

function rejectedNotice(outbox, item) {
  const what = item.kind === "label" ? `“${item.fine_class.replace("_", " ")}”` : "the undo";
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

// Comments that are written and not sent yet, by login and candidate: this browser keeps them until they are sent.

function keyOf({ user, candidate }) {
  return `comment-draft-${user}-${candidate}`;
}

/** A draft: {text, sent, uuid}, where `uuid` is the comment that was sent with the text `sent`; {} where there is none. */
export function draftOf(thread) {
  try {
    return JSON.parse(localStorage.getItem(keyOf(thread))) ?? {};
  } catch {
    return {};
  }
}

export function keepDraft(thread, draft) {
  try {
    if (draft.text) localStorage.setItem(keyOf(thread), JSON.stringify(draft));
    else localStorage.removeItem(keyOf(thread));
  } catch {
    // Storage is switched off: the field alone holds it.
  }
}

// The name of a key press, the same for every layout of keyboard: what key maps are written in.

/**
 * "a", "Shift+a", "1", "Shift+1", "+", "?", "ArrowLeft", "Shift+ArrowLeft"; null with Ctrl, Alt or Meta, whose keys are
 * the browser's. Digits go by their place, because some keyboards write & on the key of 1; the numeric keypad's only while
 * it writes digits, because without Num Lock its keys are arrows.
 */
export function keystroke(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return null;
  const shift = event.shiftKey ? "Shift+" : "";
  const digit = /^Digit(\d)$/.exec(event.code)?.[1] ?? /^Numpad\d (\d)$/.exec(`${event.code} ${event.key}`)?.[1];
  if (digit) return shift + digit;
  if (event.key.length > 1) return shift + event.key;
  if (/\p{L}/u.test(event.key)) return shift + event.key.toLowerCase();
  return event.key === "=" ? "+" : event.key; // + without Shift; of other signs the layout decides whether it takes Shift
}

/** Press the button of an open menu that a key stands for; there, no key means something on the page, too. */
export function listenInMenu(menu, buttonOf) {
  menu.addEventListener("keydown", (event) => {
    if (!menu.open) return; // the focus leaves a closed menu a frame later: the key is for the page
    event.stopPropagation();
    buttonOf(event)?.click();
  });
}

/** Whether a key press belongs to what has the focus, or to an open dialog, and not to the page. */
export function isTyped(event) {
  if (document.querySelector("dialog[open]")) return true;
  const field = event.target.closest("input, select, textarea, [contenteditable]");
  return Boolean(field) && !field.closest("dialog"); // the focus leaves a closed dialog a frame later: the key is for the page
}

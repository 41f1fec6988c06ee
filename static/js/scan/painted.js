// When what was drawn has come to the screen: a key that bounces must not label what nobody has seen.

/** Call `then` after the frame that shows what is on the page now. */
export function painted(then) {
  requestAnimationFrame(() => requestAnimationFrame(then)); // the first comes before that frame is painted
}

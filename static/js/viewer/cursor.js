// The cursor that the keyboard moves over the frames: the stage has the focus while it is there.

const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const FAR = 10; // px with Shift

/** `at()` gives the pixel that the cursor starts from; `go(pixel)` moves it, `go(null)` takes it away. */
export function listenToCursor(stage, { at, go }) {
  let pixel = null;
  stage.addEventListener("keydown", (event) => {
    const move = MOVES[event.key];
    if (!pixel || event.ctrlKey || event.altKey || event.metaKey || (!move && event.key !== "Escape")) return;
    event.preventDefault();
    event.stopPropagation(); // the page's arrows mean something else
    if (!move) stage.blur();
    else {
      const far = event.shiftKey ? FAR : 1;
      pixel = go({ x: pixel.x + far * move[0], y: pixel.y + far * move[1] });
    }
  });
  stage.addEventListener("focus", () => {
    if (stage.matches(":focus-visible")) pixel = go(at());
  });
  stage.addEventListener("blur", () => {
    if (pixel) go(null);
    pixel = null;
  });
}

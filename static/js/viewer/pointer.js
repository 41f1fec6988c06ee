// Mouse, pen and fingers on the frames. A drag moves the sky; a right drag, or one with Shift, changes contrast as in DS9.

import { STEP } from "./view.js";

const SLACK = 4; // px that a press may tremble and still be a press
const SCROLL_MS = 400; // a wheel that scrolls the page goes on scrolling it when the frames come under the pointer

/**
 * Listen on the frames. `on`: hover(event), pan(right, down) and contrast(right, down) in shares of a panel,
 * zoom(factor, event), reset().
 */
export function listenToPointer(stage, on) {
  const fingers = new Map(); // pointer id → last event
  let dragged = null; // "pan", "contrast" or null
  let travelled = 0;
  let scrolledAt = -Infinity;

  function down(event) {
    if (!event.target.closest(".frame-sky")) return;
    fingers.set(event.pointerId, event);
    const isContrast = event.button === 2 || (event.button === 0 && event.shiftKey);
    dragged = isContrast ? "contrast" : event.button === 0 ? "pan" : null;
    travelled = 0;
    if (dragged === "contrast" || event.pointerType === "mouse") event.target.setPointerCapture(event.pointerId);
  }

  function move(event) {
    const before = fingers.get(event.pointerId);
    if (!before) {
      on.hover(event);
      return;
    }
    if (fingers.size === 2) pinch(event);
    else drag(before, event);
    fingers.set(event.pointerId, event);
    on.hover(event);
  }

  function drag(before, event) {
    const [right, below] = [event.clientX - before.clientX, event.clientY - before.clientY];
    travelled += Math.hypot(right, below);
    if (!dragged || travelled < SLACK) return;
    const side = event.target.closest(".frame-sky")?.clientWidth ?? stage.clientWidth;
    on[dragged](right / side, below / side);
  }

  function pinch(event) {
    const other = [...fingers.values()].find(({ pointerId }) => pointerId !== event.pointerId);
    const apart = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
    on.zoom(apart(event) / Math.max(1, apart(fingers.get(event.pointerId))), event);
  }

  function up(event) {
    fingers.delete(event.pointerId);
  }

  function wheel(event) {
    if (!event.target.closest(".frame-sky") || event.timeStamp - scrolledAt < SCROLL_MS) return;
    event.preventDefault();
    on.zoom(event.deltaY < 0 ? STEP : event.deltaY > 0 ? 1 / STEP : 1, event);
  }

  stage.addEventListener("pointerdown", down);
  stage.addEventListener("pointermove", move);
  stage.addEventListener("pointerup", up);
  stage.addEventListener("pointercancel", up);
  stage.addEventListener("pointerleave", () => on.hover(null));
  stage.addEventListener("wheel", wheel, { passive: false });
  stage.addEventListener("dblclick", (event) => event.target.closest(".frame-sky") && on.reset());
  stage.addEventListener("contextmenu", (event) => dragged === "contrast" && travelled >= SLACK && event.preventDefault());
  addEventListener("scroll", ({ timeStamp }) => (scrolledAt = timeStamp), { passive: true });
}

// What pointer and cursor keys do to a viewer.

import { listenToCursor } from "./cursor.js";
import { listenToPointer } from "./pointer.js";

export function listenToGestures(viewer) {
  const { stage } = viewer;
  const panelOf = (event) => stage.panels.find((panel) => panel.sky.contains(event.target));
  listenToPointer(stage.element, {
    hover: (event) => {
      const panel = event && panelOf(event);
      viewer.point(panel?.pixelAt(event, stage.view) ?? null, panel);
    },
    reset: () => viewer.run("fit"),
    pan: (right, down) => viewer.look(() => stage.view.pan(right, down)),
    contrast: (right, down) => viewer.adjust(stage.contrast * 2 ** (-4 * down), stage.bias + right),
    zoom: (factor, event) => viewer.look(() => stage.zoom(factor, panelOf(event)?.pixelAt(event, stage.view))),
  });
  listenToCursor(stage.element, {
    at: () => stage.at ?? { x: Math.round(stage.view.x), y: Math.round(stage.view.y) },
    go: (pixel) => moveCursor(viewer, pixel),
  });
}

/** Move the cursor to a pixel, as far as the cutout goes; null takes it away. */
function moveCursor(viewer, pixel) {
  const { view } = viewer.stage;
  const within = (value) => Math.max(0, Math.min(view.width - 1, value));
  const at = pixel && { x: within(pixel.x), y: within(pixel.y) };
  viewer.status.setAttribute("aria-live", at ? "polite" : "off");
  viewer.point(at);
  if (at) viewer.look(() => view.show(at));
  return at;
}

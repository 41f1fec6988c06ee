// The page of a night: its plots, and what the sky map is coloured by.

import { showPlots } from "./plots.js";

let shown = null;

function colourSky() {
  const chosen = document.querySelector("input[name=colour]:checked").value;
  for (const key of document.querySelectorAll("[data-key]")) key.hidden = key.dataset.key !== chosen;
  const sky = shown?.items.sky.item && shown.drawn.get("sky")?.get_by_id(shown.items.sky.item.root_id);
  for (const renderer of sky?.model.renderers ?? []) {
    if (renderer.name?.startsWith("by_")) renderer.visible = renderer.name === chosen;
  }
}

document.querySelector(".colour-by").addEventListener("change", colourSky);
showPlots(document.querySelector("[data-plots]"), (items, drawn) => {
  shown = { items, drawn };
  colourSky();
});

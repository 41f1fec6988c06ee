// What the viewer can be told to do: `viewer.run(name)`. A page's key map may give an action another key (`keystroke.js`).

export const VIEWER_ACTIONS = [
  { name: "stretch", key: "t", group: "Grey levels", says: "next stretch: linear, asinh, square root, logarithm" },
  { name: "limits", key: "r", group: "Grey levels", says: "next range: zscale, σ, percentiles, all" },
  { name: "invert", key: "i", group: "Grey levels", says: "invert" },
  { name: "blink", key: "b", group: "Frames", says: "blink science and reference" },
  { name: "marks", key: "m", group: "Marks", says: "marks on and off" },
];

/** The action of a key in the map that the viewer comes with. */
export function actionOf(key) {
  return VIEWER_ACTIONS.find((action) => action.key === key)?.name ?? null;
}

// What the viewer can be told to do: `viewer.run(name)`. A page's key map may give an action another key (`keystroke.js`).

/** Actions with `repeats` go on while the key is held down. `digit`: its key where digits stand for nothing else. */
export const VIEWER_ACTIONS = [
  { name: "blink", key: "b", group: "Frames", says: "blink science and reference" },
  { name: "slower", key: ",", group: "Frames", says: "blink more slowly" },
  { name: "faster", key: ".", group: "Frames", says: "blink faster" },
  { name: "layout", key: "v", group: "Frames", says: "one frame, or all side by side" },
  { name: "science", key: "Shift+1", digit: "1", group: "Frames", says: "science frame alone" },
  { name: "reference", key: "Shift+2", digit: "2", group: "Frames", says: "reference frame alone" },
  { name: "difference", key: "Shift+3", digit: "3", group: "Frames", says: "difference frame alone" },
  { name: "stretch", key: "t", group: "Levels", says: "next stretch: linear, asinh, square root, logarithm" },
  { name: "limits", key: "r", group: "Levels", says: "next range: zscale, σ, percentiles, all" },
  { name: "invert", key: "i", group: "Levels", says: "invert" },
  { name: "colours", key: "d", group: "Levels", says: "next colour map" },
  { name: "moreContrast", key: "Shift+ArrowUp", group: "Levels", repeats: true, says: "more contrast" },
  { name: "lessContrast", key: "Shift+ArrowDown", group: "Levels", repeats: true, says: "less contrast" },
  { name: "moreBias", key: "Shift+ArrowRight", group: "Levels", repeats: true, says: "darker: the bias up" },
  { name: "lessBias", key: "Shift+ArrowLeft", group: "Levels", repeats: true, says: "brighter: the bias down" },
  { name: "reset", key: "Shift+r", group: "Levels", says: "contrast, bias and zoom as they were" },
  { name: "zoomIn", key: "+", group: "Place", repeats: true, says: "closer" },
  { name: "zoomOut", key: "-", group: "Place", repeats: true, says: "further away" },
  { name: "fit", key: "0", group: "Place", says: "the whole cutout" },
  { name: "pixels", key: "Shift+0", group: "Place", says: "one to one: a pixel of the screen for each of the cutout" },
  { name: "cursor", key: "e", group: "Place", says: "cursor: arrows move it (Shift: by ten pixels), Esc takes it away" },
  { name: "marks", key: "m", group: "Marks", says: "marks on and off: streak’s ends, motion, north and east, scale" },
  { name: "profile", key: "w", group: "Marks", says: "profile along and across the streak" },
];

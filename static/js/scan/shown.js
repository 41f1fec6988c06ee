// What stood before the vetter's eyes when a label was given: kept with the label.

/** `seen`: which explanations of this candidate were looked at, on the page that has them. */
export function shown({ is_open: isOpen, ensemble }, seen = {}) {
  const { explanation = false, neighbours = false } = seen;
  return { blind: !isOpen, explanation, neighbours, ...(ensemble ? { ensemble } : {}) };
}

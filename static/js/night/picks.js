// Points that a box or a lasso selects on one plot are selected on all of them, and can be scanned or listed.

const MOST = 1000; // ids that one address names
const plots = document.querySelector("[data-plots]");
const bar = document.querySelector("[data-picked]");
const said = bar.querySelector("span");
const links = [bar.querySelector("[data-scan]"), bar.querySelector("[data-list]")];
let picked = new Set();
let isSpreading = false;
let timer = null;

/** The sources of points of each plot; two layers of a plot may draw the same one. */
function sources() {
  const plotted = [...globalThis.Bokeh.index].map((view) => view.model.renderers ?? []);
  const found = plotted.map((renderers) => new Set(renderers.map((renderer) => renderer.data_source).filter(hasIds)));
  return found.filter((each) => each.size);
}

function hasIds(source) {
  return Boolean(source?.get_column("pk"));
}

function watch() {
  if (plots.querySelector("[data-plot][aria-busy]")) return;
  for (const plot of sources()) {
    for (const source of plot) source.selected.properties.indices.change.connect(() => gather(plot));
  }
  spread();
}

/** The plot on which something was selected says what is selected; the others follow. */
function gather(plot) {
  if (isSpreading) return;
  picked = new Set([...plot].flatMap((source) => source.selected.indices.map((i) => source.get_column("pk")[i])));
  clearTimeout(timer);
  timer = setTimeout(spread); // its sources change one after the other
}

function spread() {
  isSpreading = true;
  for (const source of sources().flatMap((plot) => [...plot])) {
    source.selected.indices = [...source.get_column("pk")].flatMap((id, i) => (picked.has(id) ? [i] : []));
  }
  isSpreading = false;
  show();
}

function show() {
  bar.hidden = picked.size === 0;
  const ids = [...picked].slice(-MOST); // the likeliest stand last
  const most = picked.size > MOST ? `, the likeliest ${MOST.toLocaleString("en-GB")} of which can be scanned at once` : "";
  said.textContent = `${picked.size.toLocaleString("en-GB")} selected${most}`;
  for (const link of links) link.href = `${link.dataset.scan ?? link.dataset.list}&ids=${ids.join(",")}`;
}

bar.querySelector("[data-unpick]").addEventListener("click", () => {
  picked = new Set();
  spread();
});
new MutationObserver(watch).observe(plots, { subtree: true, attributeFilter: ["aria-busy"] });

// Plots of a page: fetched once, drawn in the colours of the page, drawn again when its theme changes.

const system = matchMedia("(prefers-color-scheme: dark)");

// Attributes that Bokeh's models take from the page where the server has given them none.
function theme(plots) {
  const probe = document.createElement("span"); // a property may hold light-dark(…): only an element resolves it
  plots.append(probe);
  const colour = (name) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const text = colour("--pico-color");
  const muted = colour("--pico-muted-color");
  const line = colour("--pico-muted-border-color");
  const ground = colour("--pico-background-color");
  const font = getComputedStyle(document.body).fontFamily;
  probe.remove();
  const value = (given) => ({ type: "value", value: given });
  const axis = {
    axis_label_text_color: text, axis_label_text_font: font, axis_label_text_font_style: "normal", axis_label_text_font_size: "13px",
    major_label_text_color: text, major_label_text_font: font, major_label_text_font_size: "12px",
    axis_line_color: muted, major_tick_line_color: muted, minor_tick_line_color: null,
  };
  return {
    Figure: { background_fill_color: ground, border_fill_color: ground, outline_line_color: null },
    LinearAxis: axis,
    LogAxis: axis,
    DatetimeAxis: axis,
    CategoricalAxis: axis,
    Grid: { grid_line_color: line },
    MultiLine: { line_color: value(muted) },
    Text: { text_color: value(text), text_font: value(font), text_font_size: value(plots.clientWidth < 560 ? "10px" : "12px"), background_fill_color: value(ground) },
  };
}

function dressed(node, attributes) {
  if (Array.isArray(node)) return node.map((part) => dressed(part, attributes));
  if (node === null || typeof node !== "object") return node;
  const copy = {};
  for (const [key, part] of Object.entries(node)) copy[key] = dressed(part, attributes);
  if (copy.type === "object" && attributes[copy.name]) copy.attributes = { ...attributes[copy.name], ...copy.attributes };
  return copy;
}

// Draw the plots of an element that names their address in data-plots; afterDraw is given items and views by name.
export function showPlots(plots, afterDraw = () => {}) {
  const failed = document.querySelector("[data-plots-failed]");
  const drawn = new Map(); // name of a plot → Bokeh's manager of its views
  let items = null;
  let drawing = Promise.resolve();

  async function draw(ground, attributes) {
    const name = ground.dataset.plot;
    const { item, message } = items[name];
    drawn.get(name)?.clear();
    drawn.delete(name);
    ground.textContent = "";
    if (item) {
      drawn.set(name, await globalThis.Bokeh.embed.embed_item(dressed(item, attributes), ground));
    } else {
      const said = document.createElement("p");
      said.className = "plot-message";
      said.textContent = message;
      ground.append(said);
    }
    ground.removeAttribute("aria-busy");
  }

  async function drawAll() {
    if (!items) return;
    const attributes = theme(plots);
    for (const ground of plots.querySelectorAll("[data-plot]")) await draw(ground, attributes);
    afterDraw(items, drawn);
  }

  function redraw() {
    drawing = drawing.then(drawAll); // one after the other, so that two changes of theme do not mix
  }

  async function fetchPlots() {
    failed.hidden = true;
    try {
      const answer = await fetch(plots.dataset.plots);
      if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
      items = await answer.json();
    } catch (error) {
      console.warn("plots:", error);
      failed.hidden = false;
      for (const said of plots.querySelectorAll(".plot-message")) said.textContent = "Not drawn.";
      return;
    }
    redraw();
  }

  document.querySelector("[data-plots-again]").addEventListener("click", fetchPlots);
  new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  system.addEventListener("change", redraw);
  fetchPlots();
}

// The cutouts of one page: drawing them, focus in two dimensions, selection. What a label means is not known here.

const STAMP = 144; // px of the image
const LEAST = 128; // CSS px below which nobody judges
const FRAME = 8; // CSS px that border and padding add to an image
const GAP = 4; // CSS px between tiles
const CAPTION = 24; // CSS px under it
const AGAIN_MS = [1000, 30000]; // after an image was not loaded: at first, and at most

export class Board extends EventTarget {
  /** `names`: class → words. Event "select" when the selection or the focus changes, "drawn" after each image. */
  constructor(element, names) {
    super();
    this.element = element;
    this.names = names;
    this.entries = [];
    this.selected = new Set(); // ids
    this.focus = 0;
    this.anchor = 0; // where a range begins
    this.before = new Set(); // what was selected when it began
    element.addEventListener("click", (event) => this.clicked(event));
    element.addEventListener("focusin", ({ target }) => this.focused(target));
    addEventListener("resize", () => this.fit());
  }

  get tiles() {
    return [...this.element.children];
  }

  get current() {
    return this.entries[this.focus] ?? null;
  }

  get chosen() {
    return this.entries.filter((entry) => this.selected.has(entry.card.id));
  }

  show(entries, selected = []) {
    this.entries = entries;
    this.selected = new Set(selected);
    this.element.replaceChildren(...entries.map((entry) => this.tile(entry)));
    this.fit();
    this.focus = Math.max(0, entries.findIndex((entry) => !entry.labels.length));
    this.begin();
    this.update();
  }

  tile(entry) {
    const { card } = entry;
    const element = document.createElement("div");
    element.className = "tile";
    element.setAttribute("role", "option");
    element.append(this.picture(entry));
    for (const part of ["facts", "label"]) element.append(Object.assign(document.createElement("span"), { className: `tile-${part}` }));
    element.firstChild.after(element.lastChild);
    element.lastChild.textContent = `${scoreText(card)} · ${card.length === null ? "–" : card.length.toFixed(0)} px`;
    return element;
  }

  picture(entry) {
    if (!entry.card.image) return missing("no image");
    const image = Object.assign(document.createElement("img"), { alt: "", decoding: "async", width: STAMP, height: STAMP });
    this.load(entry, image, image);
    return image;
  }

  /** Load an image until it is there: after pauses that grow, and as soon as the network is back. `place` holds its place. */
  load(entry, image, place, pause = AGAIN_MS[0]) {
    image.onload = () => {
      place.replaceWith(image);
      entry.isDrawn = true;
      this.dispatchEvent(new CustomEvent("drawn"));
    };
    image.onerror = () => {
      const said = missing("not loaded");
      place.replaceWith(said);
      soonOrOnline(pause, () => said.isConnected && this.load(entry, image, said, Math.min(2 * pause, AGAIN_MS[1])));
    };
    image.src = entry.card.image;
  }

  /** Say on every tile what it is; where nothing changed, nothing is touched that a reader would announce. */
  update() {
    this.tiles.forEach((tile, i) => {
      const { card, labels } = this.entries[i];
      const label = this.names.get(labels.at(-1)?.fineClass) ?? "";
      tile.querySelector(".tile-label").textContent = label;
      tile.classList.toggle("is-labelled", Boolean(label));
      tile.setAttribute("aria-selected", String(this.selected.has(card.id)));
      tile.setAttribute("aria-label", `${card.name}, ${tile.lastChild.textContent}${label && `, ${label}`}`);
      tile.tabIndex = i === this.focus ? 0 : -1;
    });
    this.dispatchEvent(new CustomEvent("select"));
  }

  /** The largest whole multiple of the pixels at which the page needs no scrolling, else the smallest legible one. */
  fit() {
    const width = this.element.clientWidth;
    const height = innerHeight - this.element.getBoundingClientRect().top - scrollY - FRAME;
    const count = this.entries.length;
    const dense = devicePixelRatio;
    const least = Math.ceil((LEAST * dense) / STAMP);
    const side = (times) => (STAMP * times) / dense;
    const columns = (times) => Math.max(1, Math.floor((width + GAP) / (side(times) + FRAME + GAP)));
    let times = least;
    while (Math.ceil(count / columns(times + 1)) * (side(times + 1) + CAPTION + FRAME + GAP) <= height && side(times + 1) + FRAME <= width) times += 1;
    this.element.style.setProperty("--side", `${side(times)}px`);
  }

  get columns() {
    return getComputedStyle(this.element).gridTemplateColumns.split(" ").length;
  }

  // Focus and selection

  /** Move the focus; with `isRange`, select from where the range began. */
  move(by, isRange) {
    const steps = { left: -1, right: 1, up: -this.columns, down: this.columns };
    const last = this.entries.length - 1;
    const wanted = by === "first" ? 0 : by === "last" ? last : this.focus + steps[by];
    this.go(wanted < 0 || wanted > last ? this.focus : wanted, isRange);
  }

  go(index, isRange = false) {
    this.focus = index;
    if (isRange) this.extend();
    else this.begin();
    this.update();
    this.take();
  }

  /** Put the browser's focus on the tile that has ours. */
  take() {
    const tile = this.tiles[this.focus];
    tile?.focus({ preventScroll: true });
    tile?.scrollIntoView({ block: "nearest" });
  }

  begin() {
    this.anchor = this.focus;
    this.before = new Set(this.selected);
  }

  extend() {
    const [from, to] = [this.anchor, this.focus].sort((a, b) => a - b);
    this.selected = new Set([...this.before, ...this.entries.slice(from, to + 1).map((entry) => entry.card.id)]);
  }

  toggle() {
    const id = this.current?.card.id;
    if (!this.selected.delete(id)) this.selected.add(id);
    this.begin();
    this.update();
  }

  select(entries) {
    this.selected = new Set(entries.map((entry) => entry.card.id));
    this.begin();
    this.update();
  }

  clicked(event) {
    const index = this.tiles.indexOf(event.target.closest(".tile"));
    if (index < 0) return;
    this.go(index, event.shiftKey);
    if (!event.shiftKey) this.toggle();
  }

  /** The browser moved the focus: by Tab, or by the pointer before its click. */
  focused(target) {
    const index = this.tiles.indexOf(target);
    if (index >= 0 && index !== this.focus) {
      this.focus = index;
      this.tiles.forEach((tile, i) => (tile.tabIndex = i === index ? 0 : -1));
    }
  }
}

/** Call once, after a pause or when the network is back, whichever is first. */
function soonOrOnline(pause, act) {
  const done = new AbortController();
  const once = () => {
    clearTimeout(timer);
    done.abort();
    act();
  };
  const timer = setTimeout(once, pause);
  addEventListener("online", once, { signal: done.signal });
}

function missing(text) {
  return Object.assign(document.createElement("span"), { className: "tile-missing", textContent: text });
}

function scoreText({ p, is_open: isOpen }) {
  if (!isOpen) return "blind";
  return p === null ? "no score" : p.toFixed(3);
}

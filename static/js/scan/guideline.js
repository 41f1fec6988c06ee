// The campaign's guideline: read in a dialog. A new version is told of, and holds for labels once the page shows it.

const ASKED = "guideline"; // in the address: read it as the page opens

const at = (id) => document.getElementById(id);

export class Guideline {
  /** `version`: the number of the one that the page shows; undefined where there is none. */
  constructor(page) {
    this.version = Number(page.dataset.guideline) || undefined;
    at("guideline-open")?.addEventListener("click", () => this.read());
    const address = new URL(location.href);
    if (!address.searchParams.has(ASKED)) return;
    address.searchParams.delete(ASKED);
    history.replaceState(null, "", address);
    this.read();
  }

  read() {
    at("guideline")?.showModal();
  }

  /** Say that there is a newer version; the page is opened anew to read it, since its classes may be others. */
  latest(number) {
    const place = at("guideline-new");
    if (!number || number <= (this.version ?? 0) || Number(place.dataset.version) === number) return;
    place.dataset.version = number;
    const link = Object.assign(document.createElement("a"), { href: `${place.dataset.here}&${ASKED}=${number}`, textContent: "Read it" });
    const notice = Object.assign(document.createElement("p"), { className: "notice" });
    notice.append(`The guideline changed: version ${number}. `, link, this.version ? `; until then your labels say version ${this.version}.` : ".");
    place.replaceChildren(notice);
  }
}

// <comment-thread data-candidate data-user data-comments data-people>: the comments on a candidate, and a field for one
// more in which @ completes names. What people wrote is put in as text, never as mark-up.

import { call } from "../csrf.js";
import { newUuid } from "../scan/uuid.js";
import { draftOf, keepDraft } from "./drafts.js";

const NAME = /(?:^|[^\w.+-])@([\w.@+-]*)$/; // what stands before the caret while a name is being written
const SETTLE_MS = 120;

class CommentThread extends HTMLElement {
  static observedAttributes = ["data-candidate"];

  connectedCallback() {
    if (this.field) return;
    this.innerHTML = `
      <ul class="comments"></ul>
      <p class="nothing" hidden></p>
      <form>
        <label>Comment <small>@name tells somebody, #number links a candidate, Ctrl+Enter sends</small>
          <textarea rows="2" maxlength="2000" required role="combobox" aria-autocomplete="list" aria-expanded="false" aria-haspopup="listbox"></textarea></label>
        <ul class="names" role="listbox" aria-label="Names" hidden></ul>
        <button type="submit">Send</button> <output></output>
      </form>`;
    [this.list, this.none, this.names] = [this.querySelector(".comments"), this.querySelector(".nothing"), this.querySelector(".names")];
    [this.field, this.said] = [this.querySelector("textarea"), this.querySelector("output")];
    this.names.id = `names-${newUuid()}`;
    this.field.setAttribute("aria-controls", this.names.id);
    this.querySelector("form").addEventListener("submit", (event) => this.send(event));
    this.field.addEventListener("input", () => {
      this.keep();
      this.complete();
    });
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.field.addEventListener("blur", () => this.offer([]));
    this.names.addEventListener("pointerdown", (event) => this.pointed(event));
    this.list.addEventListener("click", ({ target }) => target.dataset.uuid && this.withdraw(target.dataset.uuid));
    if (this.dataset.candidate) this.open();
  }

  attributeChangedCallback(_name, before, candidate) {
    if (!this.field) return;
    if (before === candidate) this.fetch();
    else this.open();
  }

  /** Show another candidate's comments, and what was begun there. */
  open() {
    this.list.replaceChildren();
    this.draft = draftOf(this.dataset);
    this.said.textContent = "";
    this.field.value = this.draft.text ?? "";
    this.fetch();
  }

  keep() {
    this.draft = { ...this.draft, text: this.field.value };
    keepDraft(this.dataset, this.draft);
  }

  async fetch() {
    const { candidate } = this.dataset;
    const { outcome, data, detail } = await call(`${this.dataset.comments}?candidate=${candidate}&page_size=1000`);
    if (candidate !== this.dataset.candidate) return;
    this.none.hidden = outcome === "ok" && data.results.length > 0;
    this.none.textContent = outcome === "ok" ? "No comments yet." : `The comments cannot be read: ${detail}.`;
    if (outcome === "ok") this.list.replaceChildren(...data.results.map((comment) => this.item(comment)));
  }

  item({ uuid, author, parts, written_at: at }) {
    const by = make("p", "by");
    by.append(make("strong", "", author), ` ${at.slice(0, 16).replace("T", " ")} UTC`);
    if (author === this.dataset.user) {
      const button = make("button", "plain", "Take back");
      button.type = "button";
      button.dataset.uuid = uuid;
      by.append(" ", button);
    }
    const said = make("p", "said");
    said.append(...parts.map(pieceOf));
    const item = make("li");
    item.append(by, said);
    return item;
  }

  async send(event) {
    event.preventDefault();
    const { comments, ...thread } = this.dataset;
    const text = this.field.value;
    if (this.draft.sent !== text) this.draft = { text, sent: text, uuid: newUuid() }; // a retry is the same comment, an edited one is not
    keepDraft(thread, this.draft);
    const data = { uuid: this.draft.uuid, candidate: Number(thread.candidate), text };
    const { outcome, data: answer, detail } = await call(comments, { method: "POST", data });
    const isHere = thread.candidate === this.dataset.candidate; // else another candidate's draft is in the field
    if (outcome === "ok") await this.sent(thread, text, isHere);
    else if (isHere) this.said.textContent = `Not sent: ${answer?.text?.[0] ?? detail}. It stays here; send it again.`;
  }

  /** Forget the draft that is sent, but not what was written after it. */
  async sent(thread, text, isHere) {
    const draft = isHere ? this.draft : draftOf(thread);
    const rest = draft.text === text ? {} : { text: draft.text };
    keepDraft(thread, rest);
    if (!isHere) return;
    this.draft = rest;
    if (!rest.text) this.field.value = "";
    this.said.textContent = "";
    await this.fetch();
  }

  async withdraw(uuid) {
    const { outcome, detail } = await call(`${this.dataset.comments}${uuid}/withdraw/`, { method: "POST", data: {} });
    if (outcome === "ok") await this.fetch();
    else this.said.textContent = `Not taken back: ${detail}.`;
  }

  // Completing names

  complete() {
    clearTimeout(this.timer);
    const written = NAME.exec(this.field.value.slice(0, this.field.selectionStart))?.[1];
    if (written === undefined) this.offer([]);
    else this.timer = setTimeout(() => this.ask(written), SETTLE_MS);
  }

  async ask(written) {
    const { outcome, data } = await call(`${this.dataset.people}?start=${encodeURIComponent(written)}`);
    const still = NAME.exec(this.field.value.slice(0, this.field.selectionStart))?.[1];
    if (outcome === "ok" && still === written) this.offer(data);
  }

  offer(names) {
    this.names.replaceChildren(...names.map((name, index) => {
      const option = make("li", "", name);
      option.role = "option";
      option.id = `${this.names.id}-${index}`;
      return option;
    }));
    this.names.hidden = !names.length;
    this.field.setAttribute("aria-expanded", String(names.length > 0));
    this.choose(0);
  }

  choose(index) {
    const options = [...this.names.children];
    this.chosen = options.length ? (index + options.length) % options.length : -1;
    options.forEach((option, place) => option.setAttribute("aria-selected", String(place === this.chosen)));
    if (options.length) this.field.setAttribute("aria-activedescendant", options[this.chosen].id);
    else this.field.removeAttribute("aria-activedescendant");
  }

  key(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.querySelector("form").requestSubmit();
      return;
    }
    if (this.names.hidden) return;
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in moves) this.choose(this.chosen + moves[event.key]);
    else if (event.key === "Enter" || event.key === "Tab") this.put(this.names.children[this.chosen].textContent);
    else if (event.key === "Escape") this.offer([]);
    else return;
    event.preventDefault(); // also keeps Escape from closing the dialog around it
    event.stopPropagation();
  }

  pointed(event) {
    event.preventDefault(); // the field keeps the focus
    const option = event.target.closest("[role=option]");
    if (option) this.put(option.textContent);
  }

  put(name) {
    const { value, selectionStart: caret } = this.field;
    const before = value.slice(0, caret).replace(/@[\w.@+-]*$/, `@${name} `);
    this.field.value = before + value.slice(caret);
    this.field.setSelectionRange(before.length, before.length);
    this.keep();
    this.offer([]);
  }
}

/** A part of a comment; a candidate's address is our own server's, and checked to be one. */
function pieceOf({ kind, text, href }) {
  if (kind === "person") return make("b", "", text);
  if (kind !== "candidate" || !href.startsWith("/candidates/")) return document.createTextNode(text);
  const link = make("a", "", text);
  link.href = href;
  return link;
}

function make(tag, name = "", text = "") {
  const element = document.createElement(tag);
  if (name) element.className = name;
  element.textContent = text;
  return element;
}

customElements.define("comment-thread", CommentThread);

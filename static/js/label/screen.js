/**
 * What the person sees: paints an item, the marks around it and the end of the queue.
 */

import { beginOf, build, spoken } from "./article.js";
import { showAside } from "./aside.js";
import { format, part, say } from "./page.js";
import { AsWritten } from "./written.js";

/** @typedef {import("./deck.js").Item} Item */
/** @typedef {import("./past.js").Typed} Typed */
/** @typedef {{article: HTMLElement, asWritten: boolean}} Made */

/**
 * @typedef {object} End
 * @property {string} title
 * @property {string} text
 * @property {number} skipped
 * @property {string} offer id of a button to show
 * @property {boolean} [full] everything is done
 */

const TOLD = 8_000; // milliseconds

export class Screen {
  /** @type {WeakMap<Item, Made>} */
  #made = new WeakMap();
  #written = new AsWritten();
  #telling = 0;

  /**
   * @param {Record<string, string>} texts
   * @param {object} parts
   * @param {{show: (article: HTMLElement, item: Item) => void, fit: () => void,
   *   placesIn: (article: Element) => (other: HTMLElement) => void}} parts.view what is particular to
   *   the queue's kind; `placesIn`: what brings another painting of the same item to where this one was
   * @param {Pick<import("./marking.js").Marking, "isRaw" | "show" | "marks">} parts.marking
   * @param {import("./alike.js").AlikeItems} parts.alike
   */
  constructor(texts, { view, marking, alike }) {
    Object.assign(this, { texts, view, marking, alike });
    this.stage = part("stage");
    this.note = /** @type {HTMLTextAreaElement} */ (part("note"));
    this.buttons = Object.fromEntries(
      [...document.querySelectorAll("[data-action]")].map((button) => [button.dataset.action, button]),
    );
    const bars = new ResizeObserver(() => this.#fit());
    for (const bar of ["head", "foot"]) bars.observe(part(bar));
    this.#pressRaw();
  }

  /** Build an item's elements before they are needed. @param {Item} item */
  prepare(item) {
    const asWritten = this.#written.on;
    const made = this.#made.get(item);
    if (made?.asWritten === asWritten) return made.article;
    const article = build(item, { isMarked: (name) => this.marking.isRaw(name, item), asWritten });
    this.#made.set(item, { article, asWritten });
    return article;
  }

  /** Texts as they are written, or as Markdown, in the same place. @param {Item | null} item on the screen */
  toggleRaw(item) {
    this.#written.toggle();
    this.#pressRaw();
    if (item) this.#paintAgain(item);
    say(this.#written.on ? this.texts.rawShown : this.texts.renderedShown);
  }

  #pressRaw() {
    document.querySelector("[data-tool=raw]")?.setAttribute("aria-pressed", String(this.#written.on));
  }

  /** @param {Item} item */
  #paintAgain(item) {
    const { marks = [] } = this.marking;
    const hadFocus = this.stage.contains(document.activeElement);
    const at = window.scrollY;
    const article = this.prepare(item);
    const before = this.stage.firstElementChild;
    const goBack = this.view.placesIn(before);
    this.stage.replaceChildren(article);
    this.view.show(article, item);
    this.marking.show(article, item, marks);
    this.alike.show(article, item);
    goBack(article);
    window.scrollTo({ top: at, behavior: "instant" });
    if (hadFocus) article.focus({ preventScroll: true });
  }

  /**
   * @param {Item} item
   * @param {{question: import("./chain.js").Question, chain: {step: number, of: number},
   *   progress: {position: number, total: string}} & Typed} how
   */
  show(item, { question, chain, progress, note, flagged, marks = [] }) {
    const article = this.prepare(item);
    const hadFocus = this.stage.contains(document.activeElement) || part("end").contains(document.activeElement);
    part("end").hidden = true;
    this.stage.hidden = false;
    if (article.parentElement !== this.stage) {
      this.stage.replaceChildren(article);
      window.scrollTo({ top: 0, behavior: "instant" });
      this.view.show(article, item);
    }
    this.#ask(question);
    this.note.value = note;
    this.#flag(flagged);
    this.marking.show(article, item, marks);
    this.alike.show(article, item);
    this.enable(true);
    if (hadFocus) article.focus({ preventScroll: true });
    this.#count(progress);
    const aside = showAside(item, question.key, chain, this.texts);
    say([part("progress").textContent, question.text, aside, spoken(article)].filter(Boolean).join(". "));
  }

  /** How an item begins, for people to know it again. @param {Item} item @param {number} length */
  beginOf(item, length) {
    return beginOf(item, length);
  }

  /** @param {boolean} on whether there is an item to answer */
  enable(on) {
    for (const [action, button] of Object.entries(this.buttons)) if (action !== "undo") button.disabled = !on;
    this.note.disabled = !on;
  }

  /**
   * Show what was answered last, with the way back.
   * @param {string} answer in words; empty: nothing to take back
   * @param {string} [stored] the same as it is stored
   */
  mark(answer, stored = "") {
    const { undo } = this.buttons;
    undo.disabled = answer === "";
    undo.dataset.answer = stored;
    part("last").textContent = answer ? format(this.texts.undoOf, { answer }) : this.texts.undo;
    undo.getAnimations().forEach((animation) => animation.cancel());
    undo.classList.remove("label-fresh");
    if (answer) requestAnimationFrame(() => undo.classList.add("label-fresh"));
  }

  /** @returns {Typed} what goes with the answer */
  get typed() {
    return { note: this.note.value.trim(), flagged: this.flagged, marks: this.marking.marks };
  }

  get flagged() {
    return this.buttons.flag.getAttribute("aria-pressed") === "true";
  }

  toggleFlag() {
    this.#flag(!this.flagged);
    say(this.flagged ? this.texts.flagged : this.texts.unflagged);
  }

  toggleGuideline() {
    const box = part("guideline");
    box.hidden = !box.hidden;
    part("guideline-open").setAttribute("aria-expanded", String(!box.hidden));
    if (!box.hidden) say(box.innerText);
  }

  closeGuideline() {
    const box = part("guideline");
    if (box.hidden) return;
    const hadFocus = box.contains(document.activeElement);
    this.toggleGuideline();
    if (hadFocus) part("guideline-open").focus({ preventScroll: true });
  }

  /** No item on the screen: say why, and what can be done. @param {End} end */
  finish({ title, text, skipped, offer, full = false }) {
    this.stage.hidden = true;
    this.stage.replaceChildren();
    this.enable(false);
    this.note.value = "";
    this.#flag(false);
    part("progress").textContent = "";
    showAside(null, "", { step: 0, of: 0 }, this.texts);
    if (full) part("bar").value = part("bar").max;
    part("end-title").textContent = title;
    part("end-text").textContent = text;
    for (const id of ["end-take-over", "end-again", "end-signin"]) part(id).hidden = id !== offer;
    part("end-skipped").hidden = skipped === 0;
    part("end-skipped").textContent = format(this.texts.lookAgain, { n: skipped });
    const fresh = part("end").hidden;
    part("end").hidden = false;
    if (fresh) part("end").focus({ preventScroll: true });
    say(`${title} ${text}`);
  }

  /** Nothing to show yet and nothing known: wait. */
  waiting(text) {
    this.stage.hidden = false;
    part("end").hidden = true;
    this.enable(false);
    const wait = document.createElement("p");
    wait.className = "label-wait soft";
    wait.textContent = text;
    this.stage.replaceChildren(wait);
  }

  /**
   * Something to know for a few seconds; nothing is asked.
   * @param {string} text
   * @param {{hint?: boolean}} [how] hint: gives way to what is more important
   */
  tell(text, { hint = false } = {}) {
    clearTimeout(this.#telling);
    part("told").textContent = text;
    part("told").classList.toggle("label-hint", hint);
    part("told").hidden = text === "";
    if (text) this.#telling = setTimeout(() => this.tell(""), TOLD);
  }

  /** The bars grow with a guideline or a note: the texts keep clear of them. */
  #fit() {
    const { style } = document.documentElement;
    for (const bar of ["head", "foot"]) style.setProperty(`--label-${bar}`, `${part(bar).offsetHeight}px`);
    this.view.fit();
  }

  #ask(question) {
    const heading = part("question");
    if (heading.textContent !== question.text) heading.textContent = question.text;
    for (const one of document.querySelectorAll("[data-guideline]")) one.hidden = one.dataset.guideline !== question.key;
  }

  #flag(on) {
    this.buttons.flag.setAttribute("aria-pressed", String(on));
  }

  #count({ position, total }) {
    part("progress").textContent = format(total ? this.texts.progress : this.texts.progressByPass, { n: position, total });
    part("bar").value = position - 1;
  }
}

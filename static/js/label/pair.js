/**
 * The reading of two outputs side by side: they scroll together, and can be compared word by word.
 *
 * Where the window is too small for two columns, they stand one under the other and the page
 * scrolls; a switch then leads from a place in one to the same place in the other.
 */

import { compared } from "./compared.js";
import { farOf, part, say, scrollFar } from "./page.js";

/** @typedef {import("./deck.js").Item} Item */

const STEP = 72; // pixels that one press of a key scrolls
const SAME = 2; // pixels: a place that we scrolled to ourselves

export class PairView {
  /** @type {HTMLElement[]} the two texts, A first */
  panes = [];
  /** @type {WeakMap<Element, number>} where we scrolled a pane to */
  #expected = new WeakMap();
  linked = true;
  differs = false; // whether differences are shown
  /** @type {Item | null} */
  #item = null;

  /** @param {Record<string, string>} texts */
  constructor(texts) {
    this.texts = texts;
    document.addEventListener("scroll", (event) => this.#follow(event.target), { capture: true, passive: true });
    for (const button of document.querySelectorAll("[data-goto]")) {
      button.addEventListener("click", () => this.goTo(/** @type {HTMLElement} */ (button).dataset.goto));
    }
    this.#press();
  }

  /** @param {HTMLElement} article @param {Item} item */
  show(article, item) {
    this.#item = item;
    this.panes = [...article.querySelectorAll(".label-pane")];
    for (const pane of this.panes) pane.scrollTop = 0;
    this.#showDifferences();
    this.fit();
  }

  /** @param {Element} article @returns {(other: HTMLElement) => void} see screen.js */
  placesIn(article) {
    const far = [...article.querySelectorAll(".label-pane")].map(farOf);
    const unfolded = article.querySelector(".label-unfolded") !== null;
    return (other) => {
      other.querySelector(".label-given")?.classList.toggle("label-unfolded", unfolded);
      this.fit();
      for (const [n, pane] of this.panes.entries()) scrollFar(pane, far[n] ?? 0);
    };
  }

  /** A long input is folded, and says that there is more. */
  fit() {
    const given = /** @type {HTMLElement | null} */ (document.querySelector("#stage .label-given"));
    if (!given) return;
    const folded = !given.classList.contains("label-unfolded");
    const more = !folded || given.scrollHeight > given.clientHeight + SAME;
    given.classList.toggle("label-more", folded && more);
    const button = part("unfold");
    button.hidden = !more;
    button.setAttribute("aria-expanded", String(!folded));
  }

  toggleInput() {
    document.querySelector("#stage .label-given")?.classList.toggle("label-unfolded");
    this.fit();
  }

  toggleLink() {
    this.linked = !this.linked;
    if (this.linked && this.panes[0]) this.#lead(this.panes[0]);
    this.#press();
    say(this.linked ? this.texts.linked : this.texts.unlinked);
  }

  toggleDifferences() {
    this.differs = !this.differs;
    this.#press();
    this.#showDifferences();
    say(this.differs ? this.texts.differencesShown : this.texts.differencesHidden);
  }

  /**
   * @param {"up" | "down" | "page" | "back" | "top" | "bottom"} how
   * @returns {boolean} whether it was done here; else the page scrolls
   */
  scroll(how) {
    const panes = this.panes.filter((one) => one.isConnected && one.scrollHeight > one.clientHeight + SAME);
    const pane = panes.find((one) => one.contains(document.activeElement)) ?? panes.sort(longest)[0];
    if (!pane) return false;
    const page = pane.clientHeight * 0.85;
    const way = { up: -STEP, down: STEP, page, back: -page, top: -pane.scrollHeight, bottom: pane.scrollHeight };
    pane.scrollBy({ top: way[how], behavior: "instant" });
    return true;
  }

  /** On a phone: the same place in the other text. @param {string} side a or b */
  goTo(side) {
    const { top, bottom } = this.#room();
    const [here, there] = side === "a" ? [this.panes[1], this.panes[0]] : this.panes;
    if (!here) return;
    const box = here.getBoundingClientRect();
    const seen = Math.min(Math.max((top - box.top) / Math.max(box.height, 1), 0), 1);
    const inside = box.top < top && box.bottom > top;
    const target = there.getBoundingClientRect();
    const head = there.closest("section").querySelector("h2").offsetHeight;
    const most = Math.max(target.height - (bottom - top) / 2, 0);
    const into = inside && this.linked ? Math.min(target.height * seen, most) : 0;
    window.scrollBy({ top: target.top + into - top - head, behavior: "instant" });
  }

  #room() {
    const top = part("head").getBoundingClientRect().bottom;
    return { top, bottom: window.innerHeight - part("foot").offsetHeight };
  }

  #follow(target) {
    const pane = /** @type {HTMLElement} */ (target);
    if (!this.panes.includes(pane)) return;
    const expected = this.#expected.get(pane);
    this.#expected.delete(pane);
    if (expected !== undefined && Math.abs(expected - pane.scrollTop) <= SAME) return; // it follows the other
    if (this.linked) this.#lead(pane);
  }

  /** The other text goes as far through as this one. */
  #lead(pane) {
    const other = this.panes.find((one) => one !== pane);
    const most = pane.scrollHeight - pane.clientHeight;
    const far = most > 0 ? pane.scrollTop / most : 0;
    const to = Math.round(far * (other.scrollHeight - other.clientHeight));
    if (Math.abs(other.scrollTop - to) <= SAME) return;
    this.#expected.set(other, to);
    other.scrollTop = to;
  }

  #showDifferences() {
    if (this.#item === null) return;
    const shown = this.differs ? compared(this.#item, this.texts) : null;
    for (const [n, pane] of this.panes.entries()) {
      const at = pane.scrollTop;
      pane.querySelector(".label-compared")?.remove();
      if (shown) pane.append(shown[n]);
      for (const own of pane.querySelectorAll(":scope > .payload")) own.hidden = shown !== null;
      pane.scrollTop = at;
    }
  }

  #press() {
    const pressed = { differences: this.differs, link: this.linked };
    for (const [name, on] of Object.entries(pressed)) {
      document.querySelector(`[data-tool=${name}]`)?.setAttribute("aria-pressed", String(on));
    }
  }
}

const longest = (one, other) => other.scrollHeight - other.clientHeight - (one.scrollHeight - one.clientHeight);

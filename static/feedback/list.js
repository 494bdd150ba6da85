/**
 * The list of values under a box that is typed in: a combobox as the ARIA practices describe it.
 *
 * Where the box is the page's own, ids do not reach from it into our shadow: there each step is
 * said by the status line instead.
 */

import { h } from "./part.js";

const SHOWN = 50;

/** How a path is shown. */
export const shown = (value) => value.replaceAll(" > ", " › ");

export class ValueList {
  #at = -1;
  #values = [];
  #box;

  /**
   * @param {HTMLInputElement | null} box where ids reach from it to the list
   * @param {(value: string) => void} pick
   * @param {(text: string) => void} say to those who do not see it
   * @param {string} ariaLabel
   */
  constructor(box, pick, say, ariaLabel) {
    const onpointerdown = (event) => event.preventDefault(); // the box keeps the focus
    this.element = h("ul", { role: "listbox", part: "list", id: "list", hidden: true, ariaLabel, onpointerdown });
    this.#box = box;
    this.pick = pick;
    this.say = say;
    if (box) Object.assign(box, { role: "combobox", ariaAutoComplete: "list", ariaExpanded: false });
    box?.setAttribute("aria-controls", "list");
  }

  /** @param {string[]} values @param {(value: string) => string} beside @param {boolean} first whether Enter takes the first */
  show(values, beside, first) {
    this.#values = values.slice(0, SHOWN);
    const options = this.#values.map((value, n) =>
      h("li", { role: "option", id: n, onclick: () => this.#take(n) }, shown(value), h("small", {}, beside(value))),
    );
    this.element.replaceChildren(...options);
    this.#move(first && options.length ? 0 : -1);
    this.#open(options.length);
  }

  close() {
    this.#open(false);
  }

  /** @param {string} key @returns {boolean} whether it was for the list */
  key(key) {
    const all = this.#values.length;
    if (this.element.hidden) return false;
    if (key === "ArrowDown") this.#move((this.#at + 1) % all);
    else if (key === "ArrowUp") this.#move((Math.max(this.#at, 0) + all - 1) % all);
    else if (key === "Enter" && this.#at >= 0) this.#take(this.#at);
    else if (key === "Escape") this.close();
    else return false;
    return true;
  }

  #take(n) {
    this.close();
    this.pick(this.#values[n]);
  }

  #move(to) {
    this.#at = to;
    const { children } = this.element;
    [...children].forEach((option, n) => (option.ariaSelected = n === to));
    children[to]?.scrollIntoView({ block: "nearest" });
    this.#box?.setAttribute("aria-activedescendant", children[to]?.id ?? "");
    if (to >= 0 && !this.#box) this.say(shown(this.#values[to]));
  }

  #open(open) {
    this.element.hidden = !open;
    if (this.#box) this.#box.ariaExpanded = !!open;
  }
}

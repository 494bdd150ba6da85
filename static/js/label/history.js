/**
 * The last answers in a list: what was said, whose the sides of a pair are, and the way back to each.
 */

import { nameOf } from "./keys.js";
import { format, part } from "./page.js";

/** @typedef {import("./past.js").Past} Past */

const SHOWN = 10;

export class History {
  /**
   * @param {object} parts
   * @param {import("./past.js").PastAnswers} parts.past
   * @param {(past: Past) => string} parts.said an answer in words
   * @param {(past: Past) => void} parts.change takes it back and shows its item
   * @param {import("./keymap.js").Keymap} parts.keymap
   * @param {Record<string, string>} parts.questions words by key
   * @param {Record<string, string>} parts.texts
   */
  constructor(parts) {
    Object.assign(this, parts);
    this.dialog = /** @type {HTMLDialogElement} */ (part("history"));
    this.dialog.addEventListener("keydown", (event) => {
      if (this.keymap.actionOf(nameOf(event)) !== "history") return;
      event.preventDefault();
      event.stopPropagation();
      this.dialog.close();
    });
  }

  toggle() {
    if (this.dialog.open) return this.dialog.close();
    this.update();
    return this.dialog.showModal();
  }

  /** What is in the list now: names are revealed when an answer is stored. */
  update() {
    const newest = this.past.list.slice(-SHOWN).reverse();
    part("history-list").replaceChildren(...newest.map((past) => this.#row(past)));
    part("history-none").hidden = newest.length > 0;
  }

  #row(past) {
    const template = /** @type {HTMLTemplateElement} */ (part("history-row"));
    const row = /** @type {HTMLElement} */ (template.content.firstElementChild.cloneNode(true));
    const write = (name, text) => {
      const place = row.querySelector(`[data-past=${name}]`);
      place.textContent = text;
      place.hidden = text === "";
    };
    const answer = this.said(past);
    write("begin", past.begin || past.external_id);
    write("question", Object.keys(this.questions).length > 1 ? this.questions[past.question] ?? past.question : "");
    write("answer", answer);
    write("names", this.#names(past));
    write("note", past.note);
    const change = row.querySelector("button");
    change.setAttribute("aria-label", format(this.texts.changeOf, { answer, item: past.begin || past.external_id }));
    change.addEventListener("click", () => {
      this.dialog.close();
      this.change(past);
    });
    return row;
  }

  #names({ names, swapped }) {
    if (!names) return "";
    const [a, b] = swapped ? [names.right, names.left] : [names.left, names.right];
    return format(this.texts.names, { a: a || "?", b: b || "?" });
  }
}

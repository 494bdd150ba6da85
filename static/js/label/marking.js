/**
 * Marking what is wrong in a text: what is selected gets a kind, by its digit or its button.
 *
 * With the mouse or a finger any stretch of a text is selected; with the keyboard its sentences
 * are walked through. What is selected is the browser's own selection in both.
 */

import { isChord } from "./keys.js";
import { render, rangeOf, unitAt } from "./marked.js";
import { pointsBefore, sentences, trimmed, unitsOf } from "./marks.js";
import { format, part, say } from "./page.js";

/** @typedef {import("./marks.js").Mark} Mark */
/** @typedef {import("./marks.js").Span} Span */
/** @typedef {{raw: HTMLElement, part: string, text: string}} Text one that can be marked */

const MOST = 200; // marks that the server takes with one answer
const PARTS = ["output", "left", "right"];
const FORWARD = new Set(["ArrowRight", "ArrowDown"]);
const BACK = new Set(["ArrowLeft", "ArrowUp"]);

export class Marking {
  /** @type {Mark[]} of the item on the screen */
  marks = [];
  /** @type {Text[]} */
  #texts = [];
  /** @type {{text: Text, span: Span} | null} what is selected */
  #chosen = null;
  /** @type {{list: {text: Text, span: Span}[], from: number, to: number} | null} sentences walked through */
  #walk = null;
  #pressing = false; // a finger on a kind takes the selection away before it clicks

  /**
   * @param {{key: string, name: string}[]} kinds
   * @param {Record<string, string>} texts
   * @param {{changed: () => void, tell: (text: string) => void}} parts
   */
  constructor(kinds, texts, { changed, tell }) {
    Object.assign(this, { kinds, texts, changed, tell });
    this.bar = part("marking");
    this.bar.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.#pressing = true;
    });
    this.bar.addEventListener("click", (event) => this.#click(/** @type {HTMLElement} */ (event.target)));
    window.addEventListener("pointerup", () => setTimeout(() => (this.#pressing = false), 300));
    document.addEventListener("selectionchange", () => this.#look());
    document.addEventListener("keydown", (event) => this.#key(event), { capture: true });
  }

  /** @returns {boolean} whether this part is shown as plain text, so that it can be marked */
  isRaw(name, item) {
    return PARTS.includes(name) && typeof item[name] === "string" && item[name].trim() !== "";
  }

  /** @param {HTMLElement} article @param {import("./deck.js").Item} item @param {Mark[]} marks */
  show(article, item, marks) {
    this.#leave();
    this.marks = [...marks];
    const places = /** @type {HTMLElement[]} */ ([...article.querySelectorAll("[data-part]")]);
    this.#texts = places
      .filter((place) => this.isRaw(place.dataset.part, item))
      .map((place) => ({ raw: place.querySelector(".label-raw"), part: place.dataset.part, text: item[place.dataset.part] }));
    this.#render();
  }

  /** With the keyboard: the first sentence in sight, or leave. */
  toggle() {
    if (this.#walk) return this.#leave();
    const list = this.#texts.filter(({ raw }) => raw.isConnected).flatMap((text) => sentences(text.text).map((span) => ({ text, span })));
    if (list.length === 0) return this.tell(this.texts.cannotMark);
    if (this.kinds.length === 0) return this.tell(this.texts.noKinds);
    const first = Math.max(list.findIndex(({ text, span }) => isInSight(rangeOf(text.raw, span))), 0);
    this.#walk = { list, from: first, to: first };
    return this.#select();
  }

  #key(event) {
    if (isChord(event) || event.target.closest?.("input, textarea, select") || document.querySelector("dialog[open]")) return;
    if (!this.#act(event)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @returns {boolean} whether the key was for us */
  #act({ key, shiftKey }) {
    const digit = /^[1-9]$/.test(key) ? Number(key) : 0;
    if (!this.#chosen && !this.#walk) return false;
    if (key === "Escape") this.#leave();
    else if (digit && this.#chosen && this.kinds[digit - 1]) this.#mark(this.kinds[digit - 1].key);
    else if (this.#walk && FORWARD.has(key)) this.#step(1, shiftKey);
    else if (this.#walk && BACK.has(key)) this.#step(-1, shiftKey);
    else if (this.#walk && (key === "Delete" || key === "Backspace")) this.#clear();
    else return digit > 0;
    return true;
  }

  #click(target) {
    const button = /** @type {HTMLElement | null} */ (target.closest("button"));
    this.#pressing = false;
    if (button?.dataset.kind) this.#mark(button.dataset.kind);
    else if (button) this.#leave();
  }

  /** To the next sentence, or one more. */
  #step(by, extends_) {
    const { list, from, to } = this.#walk;
    const next = Math.min(Math.max(to + by, 0), list.length - 1);
    if (extends_ && list[next].text !== list[from].text) return;
    this.#walk = { list, from: extends_ ? from : next, to: next };
    this.#select();
  }

  #select() {
    const { list, from, to } = this.#walk;
    const [first, last] = from <= to ? [list[from], list[to]] : [list[to], list[from]];
    const { text } = first;
    const span = { start: first.span.start, end: last.span.end };
    const range = rangeOf(text.raw, span);
    bringIntoSight(range, text.raw);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    this.#chosen = { text, span }; // at once: the browser tells of it later, and a digit may come before
    this.bar.hidden = false;
    say(format(this.texts.sentence, { n: to + 1, of: list.length, text: range.toString() }));
  }

  /** What is selected in the page, if it lies in one text that can be marked. */
  #look() {
    if (this.#pressing) return;
    const selection = getSelection();
    const range = selection.rangeCount > 0 && !selection.isCollapsed ? selection.getRangeAt(0) : null;
    const text = range && this.#texts.find(({ raw }) => raw.contains(range.startContainer) && raw.contains(range.endContainer));
    const span = text && trimmed(text.text, {
      start: unitAt(text.raw, range.startContainer, range.startOffset),
      end: unitAt(text.raw, range.endContainer, range.endOffset),
    });
    this.#chosen = span && span.end > span.start ? { text, span } : null;
    if (!this.#chosen) this.#walk = null;
    this.bar.hidden = !this.#chosen;
  }

  #mark(kind) {
    const { text, span } = this.#chosen;
    const mark = {
      part: text.part,
      start: pointsBefore(text.text, span.start),
      end: pointsBefore(text.text, span.end),
      kind,
    };
    if (this.marks.length >= MOST) return this.tell(format(this.texts.mostMarks, { n: MOST }));
    if (!this.marks.some((one) => isSame(one, mark))) this.marks = [...this.marks, mark];
    const name = this.#nameOf(kind);
    this.#changed();
    if (this.#walk) this.#select();
    else this.#leave();
    return say(format(this.texts.marked, { name, text: text.text.slice(span.start, span.end) }));
  }

  /** Take away all marks that touch what is selected. */
  #clear() {
    const { text, span } = this.#chosen;
    const touches = (mark) =>
      mark.part === text.part && unitsOf(text.text, mark.start) < span.end && unitsOf(text.text, mark.end) > span.start;
    this.marks = this.marks.filter((mark) => !touches(mark));
    this.#changed();
    this.#select();
  }

  #leave() {
    const selected = this.#walk || this.#chosen;
    this.#walk = this.#chosen = null;
    this.bar.hidden = true;
    if (selected) getSelection().removeAllRanges();
  }

  #changed() {
    this.#render();
    this.changed();
  }

  #render() {
    for (const { raw, part: name, text } of this.#texts) {
      render(raw, text, this.marks.filter((mark) => mark.part === name), {
        nameOf: (kind) => this.#nameOf(kind),
        removeWords: this.texts.removeMark,
        remove: (mark) => {
          this.marks = this.marks.filter((one) => one !== mark);
          this.#changed();
        },
      });
    }
  }

  #nameOf(kind) {
    return this.kinds.find(({ key }) => key === kind)?.name ?? kind;
  }
}

/** Where nothing can be marked. */
export const NO_MARKING = { marks: undefined, isRaw: () => false, show() {}, toggle() {} };

const isSame = (one, other) => ["part", "start", "end", "kind"].every((name) => one[name] === other[name]);

function room(raw) {
  const pane = raw.closest(".label-pane");
  const head = part("head").getBoundingClientRect().bottom;
  const foot = part("foot").getBoundingClientRect().top;
  const scrolls = pane && pane.scrollHeight > pane.clientHeight + 1 && getComputedStyle(pane).overflowY === "auto";
  const box = scrolls ? pane.getBoundingClientRect() : { top: head, bottom: foot };
  return { pane: scrolls ? pane : window, top: Math.max(box.top, head), bottom: Math.min(box.bottom, foot) };
}

function isInSight(range) {
  const { top } = range.getBoundingClientRect();
  const raw = range.startContainer.parentElement.closest(".label-raw");
  const { top: from, bottom } = room(raw);
  return top >= from && top < bottom;
}

function bringIntoSight(range, raw) {
  const box = range.getBoundingClientRect();
  const { pane, top, bottom } = room(raw);
  const bar = 64; // the kinds lie over the lower edge
  if (box.top < top) pane.scrollBy({ top: box.top - top - bar, behavior: "instant" });
  else if (box.bottom > bottom - bar) {
    pane.scrollBy({ top: Math.min(box.bottom - bottom + bar, box.top - top - bar / 4), behavior: "instant" });
  }
}

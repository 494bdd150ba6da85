/**
 * One text in the page with its marks, and the way from its characters to the page and back.
 *
 * The names of the marks stand in the text for the eye only: they are no part of it.
 */

import { format } from "./page.js";
import { pieces } from "./marks.js";

/** @typedef {import("./marks.js").Mark} Mark */

const NAME = "label-mark-name";

/**
 * @param {HTMLElement} raw see article.js
 * @param {string} text
 * @param {Mark[]} marks
 * @param {{nameOf: (kind: string) => string, removeWords: string, remove: (mark: Mark) => void}} how
 */
export function render(raw, text, marks, how) {
  const nodes = pieces(text, marks).flatMap(({ text: piece, on, closing }) => {
    const node = document.createTextNode(piece);
    return [on.length > 0 ? wrapped(node) : node, ...closing.map((mark) => label(mark, how))];
  });
  raw.replaceChildren(...nodes);
}

function wrapped(node) {
  const mark = document.createElement("mark");
  mark.className = "label-mark";
  mark.append(node);
  return mark;
}

function label(mark, { nameOf, removeWords, remove }) {
  const name = nameOf(mark.kind);
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: NAME, textContent: `${name} ×`, title: removeWords });
  button.setAttribute("aria-label", format(removeWords, { name }));
  button.addEventListener("click", () => remove(mark));
  return button;
}

/** Where in the text a place in the page is, in UTF-16 units. */
export function unitAt(raw, node, offset) {
  const before = document.createRange();
  before.selectNodeContents(raw);
  before.setEnd(node, offset);
  const copy = before.cloneContents();
  for (const name of copy.querySelectorAll(`.${NAME}`)) name.remove();
  return copy.textContent.length;
}

/** @param {HTMLElement} raw @param {import("./marks.js").Span} span @returns {Range} */
export function rangeOf(raw, { start, end }) {
  const range = document.createRange();
  const texts = document.createTreeWalker(raw, NodeFilter.SHOW_TEXT, (node) =>
    node.parentElement.closest(`.${NAME}`) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
  );
  let at = 0;
  let begun = false;
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const { length } = /** @type {Text} */ (node);
    if (!begun && start < at + length) {
      range.setStart(node, start - at);
      begun = true;
    }
    if (begun && end <= at + length) {
      range.setEnd(node, end - at);
      break;
    }
    at += length;
  }
  return range;
}

/**
 * Two outputs with the words marked that only one of them has.
 */

import { differences } from "./diff.js";
import { asText } from "./plain.js";
import { shownAs } from "./sides.js";

// Neither side is the old one: both get the same kind of mark, a line under the words.
const TAGS = { first: "del", second: "ins" };

/**
 * @param {import("./deck.js").Item} item
 * @param {Record<string, string>} texts
 * @returns {[HTMLElement, HTMLElement]} A and B
 */
export function compared(item, texts) {
  const sides = shownAs(item.swapped);
  const { pieces, rough } = differences(asText(item[sides.a]), asText(item[sides.b]));
  const same = pieces.every((piece) => piece.only === "");
  const word = same ? texts.noDifference : rough ? texts.roughDifference : "";
  return [column(pieces, "first", word), column(pieces, "second", word)];
}

function column(pieces, which, word) {
  const box = document.createElement("div");
  box.className = "label-compared";
  if (word) box.append(Object.assign(document.createElement("p"), { className: "soft small", textContent: word }));
  const text = document.createElement("div");
  text.className = "payload payload-text";
  for (const piece of pieces) {
    if (piece.only === "") text.append(piece.text);
    else if (piece.only === which) text.append(marked(piece.text, which));
  }
  box.append(text);
  return box;
}

function marked(text, which) {
  return Object.assign(document.createElement(TAGS[which]), { className: "label-only", textContent: text });
}

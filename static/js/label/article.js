/**
 * Builds what is to be read of an item, from the page's template.
 */

import { shownAs } from "./sides.js";
import { writeRaw, writeRawDocuments } from "./written.js";

/** @typedef {import("./deck.js").Item} Item */

const GIVEN = ["input", "context"]; // what the model was given: left out where there is nothing
const SPOKEN = 600; // characters of a text that a screen reader gets at once

/**
 * @param {Item} item
 * @param {object} how
 * @param {(part: string) => boolean} how.isMarked whether this part is to be marked: that is done in plain text
 * @param {boolean} how.asWritten whether all texts are shown plain
 * @returns {HTMLElement}
 */
export function build(item, { isMarked, asWritten }) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById("item-template"));
  const article = /** @type {HTMLElement} */ (template.content.firstElementChild.cloneNode(true));
  const sides = shownAs(item.swapped);
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (article.querySelectorAll("[data-part]"))) {
    const part = sides[place.dataset.part] ?? place.dataset.part;
    place.dataset.part = part;
    // The server's rendering of untrusted text, safe by construction; raw payloads never come here.
    place.innerHTML = item.html[part] ?? "";
    if (part === "context" && asWritten) writeRawDocuments(place, item.context);
    else if (asWritten || isMarked(part)) writeRaw(place, item[part]);
    if (GIVEN.includes(part) && !place.hasChildNodes()) place.closest("section").remove();
  }
  return article;
}

/** How an item begins, in one line. @param {Item} item @param {number} length @returns {string} */
export function beginOf(item, length) {
  const value = [item.input, item.output, item.left].find((one) => one !== null && one !== undefined && one !== "");
  return oneLine(typeof value === "string" ? value.slice(0, length * 4) : JSON.stringify(value ?? ""), length);
}

/** What a screen reader says of it at once. @param {HTMLElement} article @returns {string} */
export function spoken(article) {
  const texts = [...article.querySelectorAll("[data-spoken]")].map((section) => {
    const name = /** @type {HTMLElement} */ (section).dataset.spoken;
    const text = oneLine(section.querySelector("[data-part]").textContent, SPOKEN);
    return name ? `${name}: ${text}` : text;
  });
  return texts.join(". ");
}

function oneLine(text, length) {
  const line = text.trim().replace(/\s+/g, " ");
  return line.length > length ? `${line.slice(0, length)}…` : line;
}

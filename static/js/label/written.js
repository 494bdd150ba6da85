/**
 * Texts exactly as they are stored, sign by sign, instead of the server's rendering of them.
 */

import { asText } from "./plain.js";

const TEXTS = ["text", "content", "page_content", "body", "document", "passage", "snippet"]; // as in documents.py
const LISTS = ["documents", "docs", "chunks", "passages", "results"];
const NAME = "genba-as-written";

/** Whether this browser shows them so. */
export class AsWritten {
  on = false;

  constructor() {
    try {
      this.on = localStorage.getItem(NAME) === "yes";
    } catch {
      // Nothing is kept: as most people want it.
    }
  }

  toggle() {
    this.on = !this.on;
    try {
      if (this.on) localStorage.setItem(NAME, "yes");
      else localStorage.removeItem(NAME);
    } catch {
      // It holds until the page goes.
    }
  }
}

/** One text in one node: what is marked in it is counted in its characters. @param {string} text */
export function raw(text) {
  const element = document.createElement("div");
  element.className = "payload payload-text label-raw";
  element.append(document.createTextNode(text));
  return element;
}

/**
 * The same payload without its rendering; an error before it stays. What holds nothing to be seen
 * stays as the server says it.
 * @param {HTMLElement} place with the server's rendering
 * @param {unknown} payload
 */
export function writeRaw(place, payload) {
  const text = asText(payload);
  if (text.trim() === "") return;
  const error = place.querySelector(":scope > .payload > .payload-error");
  const box = Object.assign(document.createElement("div"), { className: "payload" });
  if (error) box.append(error);
  place.replaceChildren(...(error ? [box] : []), raw(text));
}

/** Documents keep their folds and names. @param {HTMLElement} place @param {unknown} context */
export function writeRawDocuments(place, context) {
  const documents = listed(context);
  for (const [n, fold] of place.querySelectorAll(":scope > .payload > .payload-doc").entries()) {
    fold.replaceChildren(fold.firstElementChild, ...textsOf(documents[n]).map(raw));
  }
}

function listed(context) {
  if (Array.isArray(context)) return context;
  const inside = Object.entries(context ?? {});
  const isList = inside.length === 1 && LISTS.includes(inside[0][0]) && Array.isArray(inside[0][1]);
  return isList ? inside[0][1] : [context];
}

/** @returns {string[]} the text of a document, and what else it holds */
function textsOf(given) {
  const key = given && typeof given === "object" ? TEXTS.find((one) => typeof given[one] === "string") : undefined;
  if (key === undefined) return [asText(given)];
  const { [key]: text, ...more } = given;
  return Object.keys(more).length > 0 ? [text, asText(more)] : [text];
}

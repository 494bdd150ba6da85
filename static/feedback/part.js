/**
 * What both elements share: a shadow of their own, texts, and the way to Genba.
 */

import { add, newId } from "./queue.js";
import { sheet } from "./styles.js";
import { TEXTS } from "./texts.js";

const GENBA = new URL("../..", import.meta.url).href; // the script lies in static/feedback/

export const GLANCE = 500; // milliseconds: what was less in view was not seen

const THUMB = "M7 11v9H3v-9zl4-8c2 0 3 1 3 3v4h5l1 2-2 7-1 1H7";

/** @type {Record<string, string>} lines on a grid of 24 */
const ICONS = {
  accept: "M4 12l5 6L20 6",
  reject: "M6 6l12 12M18 6L6 18",
  search: "M15 15l6 6M10 17a7 7 0 100-14 7 7 0 000 14z",
  up: THUMB,
  down: THUMB, // turned by its style
  comment: "M4 5h16v11H9l-5 4z",
  correction: "M4 20l1-5L16 4l4 4L9 19z",
  regenerate: "M20 12a8 8 0 11-3-6l3 3M20 4v5h-5",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  download: "M12 4v11m-5-5l5 5 5-5M4 20h16",
};

/**
 * An element made without HTML texts or inline styles: a page's security policy may forbid both.
 * @param {string} tag
 * @param {Record<string, any>} [properties]
 * @param {...(Node | string)} children
 */
export function h(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function icon(lines) {
  const [svg, path] = ["svg", "path"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
  svg.setAttribute("viewBox", "0 0 24 24");
  path.setAttribute("d", lines);
  svg.append(path);
  return svg;
}

export class Part extends HTMLElement {
  #texts;
  #ends;

  constructor() {
    super();
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
  }

  connectedCallback() {
    this.#ends = new AbortController();
    for (const name of ["texts", "options", "suggestion"]) {
      if (!Object.hasOwn(this, name)) continue; // set before this script was there
      const value = this[name];
      delete this[name];
      this[name] = value;
    }
    this.render();
    this.on(window, "pagehide", () => this.end(), true); // before the queue's own
  }

  disconnectedCallback() {
    this.#ends.abort();
    queueMicrotask(() => this.isConnected || this.end()); // a page may only move it
  }

  /** Aborted when the element leaves the page. */
  get ends() {
    return this.#ends.signal;
  }

  on(target, type, work, capture) {
    target.addEventListener(type, work, { signal: this.ends, capture });
  }

  /** Own texts instead of ours, by their names in texts.js. */
  set texts(given) {
    this.#texts = given;
    if (this.#ends) this.render();
  }

  /** @param {keyof typeof TEXTS} name */
  text(name) {
    return this.#texts?.[name] ?? TEXTS[name]?.[+/^ko/i.test(this.closest("[lang]")?.lang)];
  }

  /** A button by its name in the texts: with its icon, if it has one, else with its text. */
  button(name, onclick, properties, ...children) {
    const text = this.text(name);
    const lines = ICONS[name];
    const alone = lines && !children[0] ? { className: "icon", title: text, ariaLabel: text } : {};
    if (lines) children.unshift(icon(lines));
    return h("button", { type: "button", part: name, onclick, ...alone, ...properties }, ...(children[0] ? children : [text]));
  }

  /**
   * Send a signal about this interaction, and tell the page by `genba:signal`.
   * @param {string} kind
   * @param {object} [value]
   * @param {string} [token]
   */
  send(kind, value = {}, token = this.getAttribute("token")) {
    const record = { event_id: newId(), kind, occurred_at: new Date().toISOString(), value };
    this.tell("signal", record);
    if (token) add((this.getAttribute("endpoint") ?? GENBA).replace(/\/*$/, "/api/v1/signals"), token, record);
  }

  /** @param {string} name @param {object} detail @returns {boolean} whether the page leaves the rest to us */
  tell(name, detail) {
    return this.dispatchEvent(new CustomEvent(`genba:${name}`, { bubbles: true, composed: true, cancelable: true, detail }));
  }
}

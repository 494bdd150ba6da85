/**
 * Earlier items like the one on the screen, with what was said of them: the server's words, fetched
 * when the item is shown, so that nobody waits for them.
 */

/** @typedef {import("./deck.js").Item} Item */

export class AlikeItems {
  /** @type {WeakMap<Item, Promise<string>>} */
  #fetched = new WeakMap();

  /** @param {string} url of the fragment; empty: there is none */
  constructor(url) {
    this.url = url;
  }

  /** @param {Item} item that is shown now, or soon */
  fetch(item) {
    if (!this.url) return Promise.resolve("");
    const known = this.#fetched.get(item);
    if (known) return known;
    const asked = this.#ask(item.external_id).catch(() => ""); // a help: without it one labels as well
    this.#fetched.set(item, asked);
    return asked;
  }

  /** Put it into the item's place, if that is still there. @param {HTMLElement} article @param {Item} item */
  async show(article, item) {
    const place = article.querySelector("[data-alike]");
    if (!place || place.hasChildNodes()) return;
    const html = await this.fetch(item);
    if (html.trim()) place.innerHTML = html; // escaped by the server's template
  }

  async #ask(name) {
    const reply = await fetch(`${this.url}?item=${encodeURIComponent(name)}`, { headers: { "HX-Request": "true" } });
    return reply.ok ? reply.text() : "";
  }
}

/**
 * The reading of one output beside its input.
 */

import { farOf, part, scrollFar } from "./page.js";

const GIVEN = ".label-given-text"; // on a small screen it scrolls by itself, so that the output is near

export class SingleView {
  show() {
    requestAnimationFrame(() => this.fit());
  }

  /** @param {Element} article @returns {(other: HTMLElement) => void} see screen.js */
  placesIn(article) {
    const before = [...article.querySelectorAll(GIVEN)].map(farOf);
    return (other) => [...other.querySelectorAll(GIVEN)].forEach((card, n) => scrollFar(card, before[n] ?? 0));
  }

  /** An output that fits stays in sight beside a long input; a longer one scrolls with the page. */
  fit() {
    for (const card of document.querySelectorAll(`#stage ${GIVEN}`)) reach(/** @type {HTMLElement} */ (card));
    const output = /** @type {HTMLElement | null} */ (document.querySelector("#stage .label-output"));
    if (!output) return;
    const room = window.innerHeight - part("head").offsetHeight - part("foot").offsetHeight;
    output.classList.toggle("label-sticks", output.offsetHeight < room);
  }

  /** Scrolling is the browser's. @returns {boolean} whether it was done here */
  scroll() {
    return false;
  }
}

/** What scrolls by itself can be reached with the keyboard, and says what it is. @param {HTMLElement} card */
function reach(card) {
  const scrolls = card.scrollHeight > card.clientHeight + 1;
  if (scrolls) Object.assign(card, { tabIndex: 0, role: "region" });
  else for (const name of ["tabindex", "role"]) card.removeAttribute(name);
}

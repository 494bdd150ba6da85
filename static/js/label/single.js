/**
 * The reading of one output beside its input.
 */

import { part } from "./page.js";

export class SingleView {
  show() {
    requestAnimationFrame(() => this.fit());
  }

  /** An output that fits stays in sight beside a long input; a longer one scrolls with the page. */
  fit() {
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

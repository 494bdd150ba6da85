/**
 * How long somebody looked at an item: time while the page was hidden does not count.
 */

export class Clock {
  #began = 0;
  #before = 0;
  /** When the item appeared, on the scale of `event.timeStamp`. */
  shownAt = 0;

  constructor() {
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.#before += performance.now() - this.#began;
      this.#began = performance.now();
    });
  }

  start() {
    this.shownAt = this.#began = performance.now();
    this.#before = 0;
  }

  /** @returns {number} milliseconds */
  get ms() {
    const now = document.visibilityState === "hidden" ? 0 : performance.now() - this.#began;
    return Math.round(this.#before + now);
  }
}

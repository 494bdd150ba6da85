/**
 * A stopwatch that stands still while the page is hidden: how long somebody looked or waited.
 */

export class Clock {
  #began = 0;
  #before = 0;
  /** When what is answered appeared, on the scale of `event.timeStamp`. */
  shownAt = 0;

  constructor() {
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.#before += performance.now() - this.#began;
      this.#began = performance.now();
    });
  }

  /** @param {number} [at] milliseconds since the page was asked for */
  start(at = performance.now()) {
    this.shownAt = this.#began = at;
    this.#before = 0;
  }

  /** Something more is to be seen before the next answer; the time goes on. */
  seen() {
    this.shownAt = performance.now();
  }

  /** @returns {number} milliseconds */
  get ms() {
    const now = document.visibilityState === "hidden" ? 0 : performance.now() - this.#began;
    return Math.round(this.#before + now);
  }
}

/**
 * A pair's two names for its sides: A and B as they are shown, left and right as they are stored.
 */

const OTHER = { left: "right", right: "left" };

/** @param {boolean} [swapped] whether the right side is shown as A */
export function shownAs(swapped) {
  return swapped ? { a: "right", b: "left" } : { a: "left", b: "right" };
}

/** @param {string} answer as on the button @param {boolean} [swapped] @returns {string} as it is stored */
export function asStored(answer, swapped) {
  return shownAs(swapped)[answer] ?? answer;
}

/** @param {string} answer as it is stored @param {boolean} [swapped] @returns {string} as on the button */
export function asShown(answer, swapped) {
  if (!(answer in OTHER)) return answer;
  return shownAs(swapped).a === answer ? "a" : "b";
}

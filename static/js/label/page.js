/**
 * Small things that all parts of the labeling page need.
 */

/** @param {string} id @returns {any} */
export const part = (id) => document.getElementById(id);

/** @param {string} text with `{name}`s @param {Record<string, unknown>} values */
export const format = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));

/** To those who listen; the same again is not said again. @param {string} text */
export function say(text) {
  const live = part("live");
  if (live.textContent !== text) live.textContent = text;
}

/** How far something is scrolled, of all that it can be. @param {Element} box */
export function farOf({ scrollTop, scrollHeight, clientHeight }) {
  return scrollHeight > clientHeight ? scrollTop / (scrollHeight - clientHeight) : 0;
}

/** @param {Element} box @param {number} far 0 to 1 */
export function scrollFar(box, far) {
  box.scrollTop = Math.round(far * (box.scrollHeight - box.clientHeight));
}

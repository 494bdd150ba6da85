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

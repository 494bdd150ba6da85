/**
 * A payload as plain text: itself, or its JSON laid out for people.
 */

/** @param {unknown} payload a JSON value @returns {string} */
export function asText(payload) {
  if (typeof payload === "string") return payload;
  if (payload === null || payload === undefined) return "";
  return JSON.stringify(payload, null, 2);
}

/**
 * What the screen says when there is no item on it.
 */

/** @typedef {import("./screen.js").End} End */

/**
 * @param {import("./deck.js").Why} why
 * @param {Record<string, string>} texts
 * @param {number} skipped
 * @returns {End}
 */
export function endOf(why, texts, skipped) {
  const full = ["done", "answered", "in_hand"].includes(why.code);
  const elsewhere = why.code === "other_tab";
  const offer = elsewhere ? "end-take-over" : full ? "" : "end-again";
  const text = why.code === "in_hand" ? texts.saving : why.text;
  const title = full ? texts.done : elsewhere ? texts.elsewhere : texts.nothing;
  return { title, text, skipped, offer, full };
}

/** @param {{trouble: string, message: string}} deck @param {Record<string, string>} texts @returns {End} */
export function troubleOf({ trouble, message }, texts) {
  const known = { away: texts.cannotFetch, "signed-out": texts.signedOut, "somebody-else": texts.somebodyElse };
  const out = trouble === "signed-out" || trouble === "somebody-else";
  return { title: texts.stopped, text: known[trouble] ?? message, skipped: 0, offer: out ? "end-signin" : "end-again" };
}

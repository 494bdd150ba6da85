/**
 * Marks on a text: from where to where, and what is wrong there. Offsets count Unicode code
 * points of the text as it is stored; the browser counts UTF-16 units.
 */

/**
 * @typedef {object} Mark
 * @property {string} part output, left or right
 * @property {number} start
 * @property {number} end exclusive
 * @property {string} kind key of a kind of defect
 */

/** @typedef {{start: number, end: number}} Span in UTF-16 units */

/** @param {string} text @param {number} unit @returns {number} code points before that unit */
export function pointsBefore(text, unit) {
  let points = 0;
  for (const point of text) {
    if (unit <= 0) break;
    unit -= point.length;
    points += 1;
  }
  return points;
}

/** @param {string} text @param {number} points @returns {number} units that they take */
export function unitsOf(text, points) {
  let units = 0;
  for (const point of text) {
    if (points <= 0) break;
    units += point.length;
    points -= 1;
  }
  return units;
}

/** Without the white space around it. @param {string} text @param {Span} span @returns {Span} */
export function trimmed(text, { start, end }) {
  const inside = text.slice(start, end);
  return { start: end - inside.trimStart().length, end: start + inside.trimEnd().length };
}

/** @param {string} text @returns {Span[]} its sentences; a line is one at most */
export function sentences(text) {
  const found = [...new Intl.Segmenter(undefined, { granularity: "sentence" }).segment(text)];
  return found
    .map(({ index, segment }) => trimmed(text, { start: index, end: index + segment.length }))
    .filter(({ start, end }) => end > start);
}

/**
 * The text cut where a mark begins or ends.
 * @param {string} text
 * @param {Mark[]} marks of this text
 * @returns {{text: string, on: Mark[], closing: Mark[]}[]} on: marks over it; closing: those that end with it
 */
export function pieces(text, marks) {
  const spans = marks.map((mark) => ({ mark, start: unitsOf(text, mark.start), end: unitsOf(text, mark.end) }));
  const cuts = [...new Set([0, text.length, ...spans.flatMap(({ start, end }) => [start, end])])].sort((a, b) => a - b);
  return cuts.slice(1).map((to, n) => ({
    text: text.slice(cuts[n], to),
    on: spans.filter(({ start, end }) => start < to && end > cuts[n]).map(({ mark }) => mark),
    closing: spans.filter(({ end }) => end === to).map(({ mark }) => mark),
  }));
}

/**
 * Search in a taxonomy of thousands of values while somebody types.
 */

/** Without case and accents; Korean syllables as their letters, so that half a syllable is found. */
const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toUpperCase();

/** @param {string} value a path, `Home > Kitchen` @returns {string} its last name */
export const leaf = (value) => value.split(" > ").at(-1);

/** @param {string[]} values @returns what `search` looks through, made once */
export const indexed = (values) => values.map((value) => [` ${fold(value)}`, ` ${fold(leaf(value))}`, value]);

/**
 * Values that hold each word of the query, the best first: a last name that begins with it, a word in
 * the last name, a word anywhere, letters anywhere; then the shorter path.
 * @param {ReturnType<typeof indexed>} index
 * @param {string} query
 * @returns {string[]}
 */
export function search(index, query) {
  const words = fold(query).split(/[\s>›]+/).filter(Boolean);
  const rank = ([path, name]) => {
    let sum = 0;
    for (const word of words) {
      const start = ` ${word}`;
      sum += name.startsWith(start) ? 0 : name.includes(start) ? 1 : path.includes(start) ? 2 : path.includes(word) ? 3 : NaN;
    }
    return sum;
  };
  return index
    .map((entry) => [rank(entry), words.length && entry[0].length, entry[2]])
    .filter(([sum]) => sum >= 0)
    .sort((a, b) => a[0] - b[0] || a[1] - b[1])
    .map((found) => found[2]);
}

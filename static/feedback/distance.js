/**
 * How many characters were inserted, deleted or replaced (Levenshtein 1966), by code points.
 */

const CELLS = 4e6; // cells: a twentieth of a second or so

/**
 * @param {string} from
 * @param {string} to
 * @returns {number} exact; where both are too long, the longer one's length, an upper bound
 */
export function distance(from, to) {
  const [a, b] = [[...from], [...to]];
  if (a.length * b.length > CELLS) return Math.max(a.length, b.length);
  let row = [...b.keys(), b.length];
  a.forEach((left, n) => {
    let last = n;
    row = row.map((above, m) => (last = m ? Math.min(above + 1, last + 1, row[m - 1] + (left !== b[m - 1])) : n + 1));
  });
  return row.at(-1);
}

/**
 * What two texts share, word by word.
 *
 * Myers' O(ND) difference (Algorithmica 1, 1986), with a bound on the number of edits. Texts that
 * differ more are compared line by line, and then not at all: a key must never stall the page.
 */

/** @typedef {{only: "" | "first" | "second", text: string}} Piece empty: in both */

const WORDS = /\s+|[\p{L}\p{M}\p{N}_]+|[^\s\p{L}\p{M}\p{N}_]/gu;
const LINES = /[^\n]*\n|[^\n]+/g;
const MOST_EDITS = 1200; // some 20 ms

/**
 * @param {string} first
 * @param {string} second
 * @returns {{pieces: Piece[], rough: boolean}} rough: too different to be compared by words
 */
export function differences(first, second) {
  const byWord = compare(first.match(WORDS) ?? [], second.match(WORDS) ?? []);
  if (byWord) return { pieces: joined(byWord), rough: false };
  const byLine = compare(first.match(LINES) ?? [], second.match(LINES) ?? []);
  const whole = [{ only: "first", text: first }, { only: "second", text: second }];
  return { pieces: byLine ? merged(byLine) : whole, rough: true };
}

/** @param {string[]} a @param {string[]} b @returns {Piece[] | null} null: too different */
function compare(a, b) {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const middle = myers(a.slice(start, a.length - end), b.slice(start, b.length - end));
  if (middle === null) return null;
  const both = (tokens) => tokens.map((text) => ({ only: /** @type {const} */ (""), text }));
  return [...both(a.slice(0, start)), ...middle, ...both(a.slice(a.length - end))];
}

/** @returns {Piece[] | null} */
function myers(a, b) {
  const numbers = new Map([...a, ...b].map((token, n) => [token, n])); // are compared faster
  const [left, right] = [a, b].map((tokens) => Int32Array.from(tokens, (token) => numbers.get(token)));
  const most = Math.min(a.length + b.length, MOST_EDITS);
  const far = new Int32Array(2 * most + 3); // by diagonal: how many of `a` are used up
  const mid = most + 1;
  /** @type {Int32Array[]} the diagonals -d-1 to d+1 before step d */
  const steps = [];
  for (let d = 0; d <= most; d += 1) {
    steps.push(far.slice(mid - d - 1, mid + d + 2));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && far[mid + k - 1] < far[mid + k + 1]);
      let x = down ? far[mid + k + 1] : far[mid + k - 1] + 1;
      while (x < a.length && x - k < b.length && left[x] === right[x - k]) x += 1;
      far[mid + k] = x;
      if (x >= a.length && x - k >= b.length) return walkedBack(a, b, steps);
    }
  }
  return null;
}

/** From the end to the beginning, along the steps that led there. @returns {Piece[]} */
function walkedBack(a, b, steps) {
  /** @type {Piece[]} */
  const pieces = [];
  let [x, y] = [a.length, b.length];
  for (let d = steps.length - 1; d >= 0; d -= 1) {
    const before = (k) => steps[d][k + d + 1];
    const k = x - y;
    const down = k === -d || (k !== d && before(k - 1) < before(k + 1));
    const from = d === 0 ? 0 : down ? before(k + 1) : before(k - 1);
    for (const first = d === 0 || down ? from : from + 1; x > first; x -= 1, y -= 1) {
      pieces.push({ only: "", text: a[x - 1] });
    }
    if (d === 0) break;
    if (down) pieces.push({ only: "second", text: b[y - 1] });
    else pieces.push({ only: "first", text: a[x - 1] });
    [x, y] = [from, from - (down ? k + 1 : k - 1)];
  }
  return pieces.reverse();
}

/** White space alone between two changes is part of them; then neighbours of a kind become one. */
function joined(pieces) {
  const spread = pieces.flatMap((piece, n) => {
    const between = piece.only === "" && piece.text.trim() === "" && pieces[n - 1]?.only && pieces[n + 1]?.only;
    return between ? [{ ...piece, only: "first" }, { ...piece, only: "second" }] : [piece];
  });
  return merged(spread);
}

/** Between two stretches that both have: first all that only the first has, then the second's. */
function merged(pieces) {
  const out = [];
  const open = { first: "", second: "" };
  const close = () => {
    for (const only of ["first", "second"]) {
      if (open[only]) out.push({ only, text: open[only] });
      open[only] = "";
    }
  };
  for (const { only, text } of pieces) {
    if (only !== "") {
      open[only] += text;
      continue;
    }
    close();
    if (out.at(-1)?.only === "") out.at(-1).text += text;
    else out.push({ only, text });
  }
  close();
  return out;
}

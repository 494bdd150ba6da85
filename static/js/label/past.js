/**
 * What was answered in this tab, newest last: the way back. Survives a reload, without the texts.
 * What the person skipped elsewhere comes before it, as the server knows it.
 */

/** @typedef {import("./deck.js").Item} Item */
/** @typedef {import("./marks.js").Mark} Mark */

/**
 * @typedef {object} Typed what goes with an answer
 * @property {string} note
 * @property {boolean} flagged
 * @property {Mark[]} [marks]
 * @property {import("./beside.js").Said | null} [beside]
 */

/**
 * @typedef {object} Given
 * @property {Item | null} item null after a reload
 * @property {string} lease
 * @property {string} external_id
 * @property {string} question its key
 * @property {string} answer as it is stored
 * @property {boolean} [swapped] of a pair
 * @property {boolean} [counts] whether the item was answered with it
 * @property {string} [begin] of the item's text
 * @property {{left: string, right: string}} [names] of a pair's sides, when they were revealed
 */

/** @typedef {Given & Typed} Past */

const KEPT = 100;
const WITH_ITEM = 30;

export class PastAnswers {
  /** @type {WeakSet<Past>} given since the page was opened */
  #here = new WeakSet();

  /**
   * @param {string} name tells person and queue apart
   * @param {Past[]} earlier skipped in another tab, or another day
   */
  constructor(name, earlier = []) {
    this.name = `genba-past:${name}`;
    /** @type {Past[]} */
    this.list = read(this.name);
    const here = new Set(this.list.map((past) => past.lease));
    this.list.unshift(...earlier.filter((past) => !here.has(past.lease)));
  }

  get last() {
    return this.list.at(-1) ?? null;
  }

  /** @returns {Past[]} skipped, and not answered since */
  get skipped() {
    return this.list.filter((past) => past.answer === "skip");
  }

  /** @param {Past} past */
  push(past) {
    this.list.push(past);
    this.#here.add(past);
    if (this.list.length > KEPT) this.list.shift();
    const old = this.list.at(-1 - WITH_ITEM);
    if (old) old.item = null; // memory: the text can be fetched again
    this.#write();
  }

  /** @param {Past} [past] the newest when left out @returns {Past | null} */
  take(past = this.last) {
    this.list = this.list.filter((one) => one !== past);
    this.#write();
    return past;
  }

  /**
   * The server asks again what was answered on that item: there is no way back to those answers.
   * @param {Item} item @returns {Past[]} those of them that were given since the page was opened
   */
  askedAgain({ external_id, done }) {
    const isOld = (past) => past.external_id === external_id && past.answer !== "skip" && !(past.question in done);
    const old = this.list.filter(isOld);
    if (old.length === 0) return old;
    this.list = this.list.filter((past) => !isOld(past));
    this.#write();
    return old.filter((past) => this.#here.has(past));
  }

  /** What was answered on the same item after that: it may rest on it. @param {Past} past @returns {Past[]} newest first */
  after(past) {
    const later = this.list.slice(this.list.indexOf(past) + 1);
    return later.filter((one) => one.external_id === past.external_id).reverse();
  }

  /** The newest answer to that question of that item. @returns {Past | undefined} */
  find(externalId, question) {
    return this.list.findLast((past) => past.external_id === externalId && past.question === question);
  }

  /** @param {Past} past @param {{left: string, right: string}} names */
  reveal(past, names) {
    past.names = names;
    this.#write();
  }

  #write() {
    try {
      const slim = this.list.map((past) => ({ ...past, item: null, note: past.note.slice(0, 4000) }));
      sessionStorage.setItem(this.name, JSON.stringify(slim));
    } catch {
      // Without storage the way back ends at the reload.
    }
  }
}

function read(name) {
  try {
    return JSON.parse(sessionStorage.getItem(name) ?? "[]");
  } catch {
    return [];
  }
}

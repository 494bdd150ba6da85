/**
 * What was answered in this tab, newest last: the way back. Survives a reload, without the texts.
 * What the person skipped elsewhere comes before it, as the server knows it.
 */

/**
 * @typedef {object} Past
 * @property {import("./deck.js").Item | null} item null after a reload
 * @property {string} lease
 * @property {string} external_id
 * @property {number} at which question of the chain
 * @property {string} question
 * @property {string} answer
 * @property {string} note
 * @property {boolean} flagged
 */

const KEPT = 100;
const WITH_ITEM = 30;

export class PastAnswers {
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

/**
 * One person's keys: the usual ones, and those that the person chose in this browser instead.
 */

/** @typedef {import("./keys.js").Action} Action */

// A letter or sign, an arrow sideways, or a key that erases. Digits, Enter, Escape, Tab and what
// scrolls have their own work everywhere.
const ALLOWED = /^([!-/:-~]|ArrowLeft|ArrowRight|Backspace|Delete)$/;

export class Keymap {
  /** @type {Record<Action, string>} */
  #chosen = {};

  /**
   * @param {Record<Action, string[]>} usual of this kind of queue
   * @param {Record<string, Record<Action, string[]>>} all by kind: a key is chosen for all of them
   * @param {string} user
   */
  constructor(usual, all, user) {
    Object.assign(this, { usual, all, name: `genba-keys:${user}` });
    this.read();
  }

  /** What another tab chose meanwhile counts here too. */
  read() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.name) ?? "{}");
      this.#chosen = Object.fromEntries(Object.entries(kept).filter(([, key]) => ALLOWED.test(String(key))));
    } catch {
      this.#chosen = {};
    }
  }

  /** @returns {Record<Action, string[]>} the first of each is the one that is shown */
  get keys() {
    return this.#keysOf(this.usual);
  }

  get isUsual() {
    return Object.keys(this.#chosen).length === 0;
  }

  /** @param {string} key @returns {Action | undefined} */
  actionOf(key) {
    return Object.entries(this.keys).find(([, keys]) => keys.includes(key))?.[0];
  }

  /**
   * @param {Action} action
   * @param {string} key
   * @returns {{refused: "" | "reserved" | "taken", by?: Action}} by: what the key does already
   */
  choose(action, key) {
    if (!ALLOWED.test(key)) return { refused: "reserved" };
    for (const usual of Object.values(this.all).filter((table) => action in table)) {
      const by = Object.entries(this.#keysOf(usual)).find(([other, keys]) => other !== action && keys.includes(key));
      if (by) return { refused: "taken", by: by[0] };
    }
    this.#chosen[action] = key;
    if (this.usual[action]?.[0] === key) delete this.#chosen[action];
    this.#write();
    return { refused: "" };
  }

  reset() {
    this.#chosen = {};
    this.#write();
  }

  #keysOf(usual) {
    const mine = (action, keys) => {
      const chosen = this.#chosen[action];
      return chosen ? [...new Set([chosen, ...keys.slice(1)])] : keys;
    };
    return Object.fromEntries(Object.entries(usual).map(([action, keys]) => [action, mine(action, keys)]));
  }

  #write() {
    try {
      if (this.isUsual) localStorage.removeItem(this.name);
      else localStorage.setItem(this.name, JSON.stringify(this.#chosen));
    } catch {
      // They hold until the page goes.
    }
  }
}

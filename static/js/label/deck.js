/**
 * The next items, leased to this tab before they are needed and given back when it goes away.
 */

import { nextQuestion } from "./chain.js";

/**
 * @typedef {object} Item
 * @property {string} lease
 * @property {string} external_id
 * @property {any} input
 * @property {any} [output] of a yes/no item
 * @property {any} [left] of a pair, as `right`
 * @property {any} [right]
 * @property {boolean} [swapped] of a pair: the right side is shown as A
 * @property {string} [error]
 * @property {string} [reason] why it comes now
 * @property {Record<string, string>} done this person's answers so far, by question
 * @property {import("./chain.js").Question[]} questions
 * @property {Record<string, {answer: string, confidence: number | null, rater: string}>} [prelabels] by question
 * @property {Record<string, string>} html by part; safe, made by the server
 */

/** @typedef {{code: string, text: string, until?: string | null}} Why */

const AHEAD = 10;
const LOW = 6;
const PAUSES = [1, 2, 4, 8, 15, 30]; // seconds
const SOON = [0.3, 0.6, 1.2, 2.5, 5, 10, 20, 30]; // seconds

export class Deck {
  /** @type {Item[]} not shown yet, in order */
  ahead = [];
  /** @type {Item | null} on the screen */
  current = null;
  /** @type {Why | null} the server's word that it has nothing more */
  why = null;
  /** @type {"" | "away" | "signed-out" | "somebody-else" | "refused"} */
  trouble = "";
  message = "";
  /** @type {Map<string, string>} name to lease of what is answered here: a claim on its way may still bring it */
  #answered = new Map();
  /** @type {Promise<void> | null} a claim on its way */
  #asking = null;
  #takes = false; // whether this tab wants all that another tab of the person holds
  #failures = 0;
  #barren = 0; // claims in a row that brought nothing but what is answered here
  #timer = 0;

  /**
   * @param {object} parts
   * @param {import("./server.js").Server} parts.server
   * @param {{claim: string, renew: string, release: string}} parts.urls
   * @param {string} parts.holder this tab's name
   * @param {() => Promise<Map<string, {lease: string, question: string}>>} parts.unsent what is answered
   *   here and not known to the server, by external id
   * @param {() => void} parts.changed
   * @param {boolean} parts.byPass an item comes again for its next question
   */
  constructor({ server, urls, holder, unsent, changed, byPass }) {
    Object.assign(this, { server, urls, holder, unsent, changed, byPass });
    window.addEventListener("online", () => this.trouble && this.fill({ now: true }));
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.refresh());
    window.addEventListener("pagehide", () => this.leave());
    this.tabs = "BroadcastChannel" in window ? new BroadcastChannel(`genba-deck-${server.user}`) : null;
    this.tabs?.addEventListener("message", ({ data }) => this.#handOver(new Set(data)));
  }

  /** The next item becomes the current one. @returns {Item | null} */
  next() {
    this.current = this.ahead.shift() ?? null;
    if (!this.current) this.why = null; // what was said while there were items may be old
    this.fill();
    return this.current;
  }

  /** Show this one now; what was on the screen comes next. @param {Item} item */
  show(item) {
    this.setAside();
    this.ahead = this.ahead.filter((other) => other.external_id !== item.external_id);
    this.current = item;
    this.why = null;
  }

  /** The current item is answered or skipped, and may not come again by itself. @param {string} question */
  finished(question) {
    if (this.current) this.#answered.set(this.#name(this.current.external_id, question), this.current.lease);
  }

  /** Its answer was taken back or thrown away. @param {string} externalId @param {string} question */
  reopen(externalId, question) {
    this.#answered.delete(this.#name(externalId, question));
  }

  /** What is asked at a time: a whole item, or one question on it. */
  #name(externalId, question) {
    return this.byPass ? `${question} ${externalId}` : externalId;
  }

  /** Nothing is on the screen; what was there comes next. */
  setAside() {
    if (this.current) this.ahead.unshift(this.current);
    this.current = null;
  }

  /**
   * Claim more when few are left.
   * @param {{now?: boolean, more?: boolean, takeOver?: boolean}} [how] now: whatever was said before;
   *   more: even with enough in hand, and by a claim that begins after this call
   */
  async fill({ now = false, more = false, takeOver = false } = {}) {
    while ((more || takeOver) && this.#asking) await this.#asking;
    if (now) this.#unpause();
    const enough = !more && !takeOver && (this.ahead.length >= LOW || (this.why !== null && !now));
    if (this.#asking || this.#timer || enough) return;
    this.#asking = this.#claim(takeOver).catch((error) => this.#failed(error)).finally(() => (this.#asking = null));
    await this.#asking;
    this.changed();
  }

  /** All that was answered here is with the server: what waited for that need not wait longer. */
  async arrived() {
    if (this.#barren > 0 && this.#timer) await this.fill({ now: true });
  }

  /** After a rest: keep what is ours, drop what lapsed, go on. What is on its way may be from before it. */
  async refresh() {
    await this.renew(); // first: the leases may be about to lapse
    while (this.#asking) await this.#asking;
    await this.fill({ now: this.why !== null || this.trouble !== "" });
  }

  /** Keep our leases for another while; what is no longer ours is not shown. */
  async renew() {
    const leases = this.#leases();
    if (leases.length === 0) return;
    const reply = await this.server.post(this.urls.renew, { leases });
    if (!reply.ok) return;
    const kept = new Set(reply.data.renewed);
    this.ahead = this.ahead.filter((item) => kept.has(item.lease));
    await this.fill();
  }

  /** Give back what was not answered, so that others need not wait for it. */
  leave() {
    const leases = this.#leases();
    if (leases.length > 0) this.server.farewell(this.urls.release, { leases });
  }

  #leases() {
    return [this.current, ...this.ahead].filter((item) => item !== null).map((item) => item.lease);
  }

  async #claim(takeOver) {
    if (takeOver) this.#takes = true;
    const unsent = await this.#underWay();
    const reply = await this.server.post(this.urls.claim, {
      size: Math.max(AHEAD - this.ahead.length, 1),
      holder: this.holder,
      take_over: takeOver,
      have: [...new Set([...this.#leases(), ...unsent.values()])],
    });
    this.trouble = reply.trouble;
    this.message = reply.data.message ?? "";
    if (!reply.ok) {
      this.#pause(reply.wait);
      return;
    }
    this.#failures = 0;
    const refused = reply.data.items.filter((item) => !this.#take(item));
    if (takeOver) this.tabs?.postMessage(reply.data.items.map((item) => item.lease));
    this.why = reply.data.empty_because ?? null;
    await this.#giveBack(refused);
    if (this.why?.code === "other_tab" && this.#takes && !takeOver) {
      await this.#claim(true); // the other tab held more than one batch
      return;
    }
    const barren = this.ahead.length === 0 && (!this.why || this.why.code === "in_hand");
    if (!barren) this.#barren = 0;
    // Only what is answered here, its answer still on the way: ask again when it may have arrived.
    else if (!this.current) this.#later(SOON[Math.min(this.#barren++, SOON.length - 1)]);
  }

  /**
   * What is answered here and was not stored when this was asked. Of the rest the server knows, so
   * that it comes again only when it is asked again.
   * @returns {Promise<Map<string, string>>} external id to lease
   */
  async #underWay() {
    const before = [...this.#answered.keys()];
    const unsent = await this.unsent();
    const names = new Map([...unsent].map(([id, { lease, question }]) => [this.#name(id, question), lease]));
    for (const name of before) if (!names.has(name)) this.#answered.delete(name);
    for (const [name, lease] of names) if (!this.#answered.has(name)) this.#answered.set(name, lease);
    return new Map([...unsent].map(([id, { lease }]) => [id, lease]));
  }

  /**
   * An item that is here already keeps its place and gets the lease that is in force now.
   * @param {Item} item @returns {boolean} whether it is wanted; not when its answer is on the way
   */
  #take(item) {
    const here = [this.current, ...this.ahead].find((one) => one?.external_id === item.external_id);
    if (here) here.lease = item.lease;
    else if (this.#answered.has(this.#nameOf(item))) return false;
    else this.ahead.push(item);
    return true;
  }

  #nameOf({ external_id, questions, done }) {
    return this.#name(external_id, questions[nextQuestion(questions, done)]?.key ?? "");
  }

  /** What is not shown is not kept from others, but for the lease on which its answer is on the way. */
  async #giveBack(items) {
    const leases = items.filter((item) => this.#answered.get(this.#nameOf(item)) !== item.lease).map((item) => item.lease);
    if (leases.length > 0) await this.server.post(this.urls.release, { leases });
  }

  /** Another tab of this person has these now. @param {Set<string>} leases */
  #handOver(leases) {
    this.#takes = false;
    this.ahead = this.ahead.filter((item) => !leases.has(item.lease));
    if (!this.current || !leases.has(this.current.lease)) return;
    this.current = null;
    this.changed();
    this.fill({ now: true });
  }

  /** By a mistake of ours: the screen says that something is wrong, and goes on after a pause. */
  #failed(error) {
    reportError(error);
    this.trouble = "away";
    this.#pause(0);
  }

  #pause(wait) {
    const pause = Math.max(wait, PAUSES[Math.min(this.#failures, PAUSES.length - 1)]);
    this.#failures += 1;
    this.#later(pause);
  }

  #later(seconds) {
    this.#unpause();
    this.#timer = setTimeout(() => this.fill({ now: true }), seconds * 1000);
  }

  #unpause() {
    clearTimeout(this.#timer);
    this.#timer = 0;
  }
}

const HOLDER = "genba-holder";

/**
 * This tab's name, the same after a reload. A duplicated tab copies the storage, so the name is
 * locked while a page uses it, and a second page takes another.
 * @param {() => string} newName
 * @returns {Promise<string>}
 */
export async function holderName(newName) {
  const before = read();
  if (before && (await take(before))) return before;
  const name = newName();
  await take(name);
  try {
    sessionStorage.setItem(HOLDER, name);
  } catch {
    // Without storage each load of the page is a tab of its own.
  }
  return name;
}

function read() {
  try {
    return sessionStorage.getItem(HOLDER);
  } catch {
    return null;
  }
}

const PATIENCE = 700; // milliseconds: after a reload the old page may need a moment to let go

/** @returns {Promise<boolean>} whether nobody else has it; it is ours until the page goes */
function take(name) {
  if (!navigator.locks) return Promise.resolve(true);
  return new Promise((resolve) => {
    const ours = () => {
      resolve(true);
      return new Promise(() => {});
    };
    const signal = AbortSignal.timeout(PATIENCE);
    navigator.locks.request(`${HOLDER}-${name}`, { signal }, ours).catch(() => resolve(false));
  });
}

/**
 * Answers on their way: kept until the server says of each that it is stored.
 *
 * An entry leaves only on the server's word. 401 and another person's login stop the sending,
 * no answer and 5xx slow it down, anything else marks the entry as refused and lets the rest pass.
 */

import { setFlag } from "./flag.js";

/** @typedef {import("./store.js").Entry} Entry */
/** @typedef {import("./server.js").Server} Server */

/**
 * @typedef {object} State
 * @property {number} unsent entries that still want to go
 * @property {Entry[]} refused entries that the server will not have
 * @property {"" | "away" | "signed-out" | "somebody-else"} trouble
 * @property {boolean} safe whether unsent entries outlive this page
 */

const BATCH = 50;
const PAUSES = [1, 2, 4, 8, 15, 30, 60]; // seconds

export class Outbox {
  #flushing = false;
  #again = false;
  /** @type {Map<string, Entry>} being written, by key */
  #writing = new Map();
  #failures = 0;
  #timer = 0;
  #trouble = "";
  /** @type {State} */
  #last = { unsent: 0, refused: [], trouble: "", safe: true };

  /**
   * @param {object} parts
   * @param {Awaited<ReturnType<typeof import("./store.js").openStore>>} parts.store
   * @param {Server} parts.server
   * @param {string} parts.url where labels are sent
   * @param {string} [parts.holder] this tab: what an undo gives back is its
   * @param {(state: State) => void} [parts.changed]
   * @param {(entry: Entry, result: any) => void} [parts.stored]
   */
  constructor({ store, server, url, holder = "", changed = () => {}, stored = () => {} }) {
    Object.assign(this, { store, server, url, holder, changed, stored });
    this.channel = "BroadcastChannel" in window ? new BroadcastChannel("genba-outbox") : null;
    this.channel?.addEventListener("message", () => this.#tell());
    window.addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.hurry());
    window.addEventListener("focus", () => this.#trouble && this.hurry());
  }

  /**
   * Take an answer: its writing has begun when this returns. Sending follows.
   * @param {{queue: string, item: string, body: object, said?: string}} answer said: in the person's words
   * @returns {Promise<void>} when it is written
   */
  async add({ queue, item, body, said }) {
    const key = newKey();
    const { user } = this.server;
    const entry = { key, user, queue, item, said, at: Date.now(), body: { ...body, idempotency_key: key } };
    this.#writing.set(key, entry);
    const written = this.store.add(entry);
    this.#show({ ...this.#last, unsent: this.#last.unsent + 1 }); // at once: nobody reads "saved" meanwhile
    setFlag(user, true); // before the page can go away
    await written;
    this.#writing.delete(key);
    this.#tell();
    this.flush();
  }

  /** @param {string} [queue] @returns {Promise<Entry[]>} all of this person, in order */
  async entries(queue) {
    const all = await this.store.list(this.server.user);
    return queue ? all.filter((entry) => entry.queue === queue) : all;
  }

  /**
   * Items whose answer the server does not have yet, as far as it is not taken back.
   * @param {string} queue
   * @returns {Promise<Map<string, {lease: string, question: string}>>} the newest answer, by external id
   */
  async answered(queue) {
    const writing = [...this.#writing.values()].filter((entry) => entry.queue === queue);
    const written = await this.entries(queue);
    const there = new Set(written.map((entry) => entry.key));
    const all = [...written, ...writing.filter((entry) => !there.has(entry.key))];
    const last = new Map(all.map((entry) => [entry.item, entry.body]));
    return new Map([...last].filter(([, body]) => body.answer !== "undo"));
  }

  /** Whether nothing is left that wants to go. */
  async empty() {
    return this.#writing.size === 0 && (await this.entries()).every((entry) => entry.refused);
  }

  /** Try now, whatever pause was meant. @returns {Promise<void>} */
  hurry() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    return this.flush();
  }

  /** Send what there is, in order, in one tab at a time; a pause after a failure is kept. Never rejects. */
  async flush() {
    this.#again = true;
    if (this.#flushing || this.#timer) return;
    this.#flushing = true;
    try {
      while (this.#again && !this.#timer) {
        this.#again = false;
        await alone(`genba-outbox-${this.server.user}`, () => this.#drain());
      }
    } catch (error) {
      reportError(error); // ours: say so, and go on after a pause
      this.#stop({ trouble: "away", wait: 0 });
    }
    this.#flushing = false;
    await this.#tell();
  }

  /** @param {Entry} entry */
  async discard(entry) {
    await this.store.remove([entry]);
    await this.#told();
  }

  /** @param {Entry} entry refused before */
  async retry(entry) {
    delete entry.refused;
    await this.store.change(entry);
    await this.#told();
    await this.hurry();
  }

  async #drain() {
    for (;;) {
      const batch = (await this.entries()).filter((entry) => !entry.refused).slice(0, BATCH);
      if (batch.length === 0) return this.#calm();
      if (!(await this.#send(batch))) return undefined;
      await this.#told();
    }
  }

  /** @param {Entry[]} batch @returns {Promise<boolean>} whether to go on */
  async #send(batch) {
    const reply = await this.server.post(this.url, {
      labels: batch.map((entry) => entry.body),
      holder: this.holder,
    });
    if (reply.ok) return this.#settle(batch, reply);
    if (reply.trouble !== "refused") return this.#stop(reply);
    if (batch.length === 1) {
      await this.#refuse(batch[0], reply.status, reply.data.message);
      return true;
    }
    for (const entry of batch) {
      if (!(await this.#send([entry]))) return false;
    }
    return true;
  }

  /** Each entry by its own result; one without a result is not stored. */
  async #settle(batch, reply) {
    const results = new Map((reply.data.results ?? []).map((result) => [result.idempotency_key, result]));
    const stored = batch.filter((entry) => good(results.get(entry.key)));
    await this.store.remove(stored);
    for (const entry of stored) this.stored(entry, results.get(entry.key));
    for (const entry of batch) {
      const result = results.get(entry.key);
      if (result && !good(result) && result.status < 500) {
        await this.#refuse(entry, result.status, result.error?.message ?? result.error);
      }
    }
    const left = batch.filter((entry) => !results.has(entry.key) || results.get(entry.key).status >= 500);
    if (left.length > 0) return this.#stop({ trouble: "away", wait: 0 });
    this.#calm();
    return true;
  }

  async #refuse(entry, status, message) {
    entry.refused = { status, message: String(message ?? "") };
    await this.store.change(entry);
  }

  #calm() {
    this.#failures = 0;
    this.#trouble = "";
  }

  #stop({ trouble, wait }) {
    this.#trouble = trouble;
    const pause = Math.max(wait, PAUSES[Math.min(this.#failures, PAUSES.length - 1)]);
    this.#failures += 1;
    this.#timer = setTimeout(() => this.hurry(), pause * 1000 * (0.75 + Math.random() / 2));
    return false;
  }

  async #told() {
    this.channel?.postMessage("changed");
    await this.#tell();
  }

  async #tell() {
    const all = await this.entries();
    const any = all.length > 0 || this.#writing.size > 0;
    if (any || this.store.database) setFlag(this.server.user, any); // else who knows what lies in there
    const refused = all.filter((entry) => entry.refused);
    const unsent = all.length - refused.length + this.#writing.size;
    this.#show({ unsent, refused, trouble: this.#trouble, safe: this.store.safe });
  }

  #show(state) {
    this.#last = state;
    this.changed(state);
  }
}

const good = (result) => result !== undefined && result.status >= 200 && result.status < 300;

/** A random UUID; `crypto.randomUUID` exists in secure contexts only. */
export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/**
 * Run `work` in one tab at a time. Without Web Locks every tab runs it: a twin is harmless,
 * because the server knows each entry by its key.
 */
async function alone(name, work) {
  if (!navigator.locks) return work();
  let begun = false;
  try {
    return await navigator.locks.request(name, () => ((begun = true), work()));
  } catch (error) {
    if (begun) throw error;
    return work(); // the browser gives no locks here
  }
}

/**
 * One person's way to the server: JSON in and out, in that person's name only.
 *
 * The CSRF token is the one the page was made with, never the cookie's: a login changes it, so
 * that what one person left unsent is refused under another person's login.
 */

/**
 * @typedef {object} Reply
 * @property {boolean} ok the server did it and said so in JSON
 * @property {number} status HTTP status; 0 when no answer came
 * @property {any} data the answer's JSON, else an empty object
 * @property {"" | "away" | "signed-out" | "somebody-else" | "refused"} trouble
 * @property {number} wait seconds that the server asks to wait, else 0
 */

const TIMEOUT = 20_000;
const COME_BACK = new Set([408, 425, 429]);

export class Server {
  /** @param {{user: string, csrf: string, session: string}} who session: URL that tells who is signed in */
  constructor({ user, csrf, session }) {
    this.user = user;
    this.csrf = csrf;
    this.session = session;
  }

  /**
   * @param {string} url
   * @param {object} body
   * @returns {Promise<Reply>} never throws
   */
  async post(url, body) {
    const reply = await this.#once(url, body);
    if (reply.status === 401) return { ...reply, trouble: "signed-out" };
    if (reply.status !== 403) return reply;
    const who = await this.#whoIsHere();
    if (who === undefined) return { ...reply, trouble: "away" };
    if (who === null) return { ...reply, trouble: "signed-out" };
    if (who.user !== this.user) return { ...reply, trouble: "somebody-else" };
    if (who.csrf === this.csrf) return reply;
    this.csrf = who.csrf;
    return this.#once(url, body);
  }

  /** Tell the server something while the page goes away; nobody hears the answer. */
  farewell(url, body) {
    fetch(url, this.#request(body, { keepalive: true })).catch(() => {});
  }

  async #once(url, body) {
    try {
      const response = await fetch(url, this.#request(body, { signal: AbortSignal.timeout(TIMEOUT) }));
      return await reply(response);
    } catch {
      return { ok: false, status: 0, data: {}, trouble: "away", wait: 0 };
    }
  }

  #request(body, more) {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": this.csrf };
    return { method: "POST", credentials: "same-origin", headers, body: JSON.stringify(body), ...more };
  }

  /** @returns {Promise<{user: string, csrf: string} | null | undefined>} null: nobody; undefined: no answer */
  async #whoIsHere() {
    try {
      const headers = { Accept: "application/json" };
      const response = await fetch(this.session, { headers, signal: AbortSignal.timeout(TIMEOUT) });
      if (response.status === 401) return null;
      const who = response.ok ? await response.json() : undefined;
      return who && { user: String(who.user), csrf: who.csrf };
    } catch {
      return undefined;
    }
  }
}

/** @param {Response} response @returns {Promise<Reply>} */
async function reply(response) {
  const { status } = response;
  const data = await response.json().catch(() => null);
  const wait = Number(response.headers.get("Retry-After")) || 0;
  // 200 without JSON is not our server speaking: a proxy or a hotel's sign-in page.
  if (status >= 500 || COME_BACK.has(status) || (response.ok && data === null)) {
    return { ok: false, status, data: data ?? {}, trouble: "away", wait };
  }
  return { ok: response.ok, status, data: data ?? {}, trouble: response.ok ? "" : "refused", wait };
}

/**
 * Signals on their way to Genba: kept until it has them, sent when it answers.
 *
 * Each lies in localStorage under its own key, so that tabs do not overwrite each other's; where a page
 * may not store, in memory. Its id is made once: sent twice, it still counts once. One tab sends at a time;
 * where there are no Web Locks a twin does no harm.
 */

const PREFIX = "genba:";
const MOST = 500; // signals; the oldest go first
const OLDEST = 7 * 864e5; // milliseconds
const BATCH = 20;
const OUTLIVES = 2e4; // characters of a request that may outlive its page: browsers allow 64 KiB
const SLOWEST = 300; // seconds between two tries

/** @typedef {{key: string, at: number, url: string, token: string, record: any}} Entry */

/** @type {Map<string, Entry>} what could not be stored */
const memory = new Map();
const mine = new Set(); // keys of this page that are not under way
const expired = new Set(); // tokens
let failures = 0;
let timer;

/**
 * @param {string} url
 * @param {string} token
 * @param {{event_id: string}} record
 */
export function add(url, token, record) {
  if (expired.has(token)) return;
  const key = PREFIX + record.event_id;
  const entry = { key, at: Date.now(), url, token, record };
  mine.add(key);
  try {
    localStorage[key] = JSON.stringify(entry);
  } catch {
    memory.set(key, entry);
  }
  if (!failures) wake(50); // what comes at once goes at once
}

/** A random UUID as each blob's address ends with one; `crypto.randomUUID` exists in secure contexts only. */
export function newId() {
  const address = URL.createObjectURL(new Blob());
  URL.revokeObjectURL(address);
  return address.slice(-36);
}

/** @returns {Entry[]} oldest first, without what is too old or too much */
function entries() {
  const all = [...memory.values()];
  try {
    for (const key in localStorage) {
      if (!key.startsWith(PREFIX)) continue;
      try {
        all.push({ ...JSON.parse(localStorage[key]), key });
      } catch {
        remove({ key }); // cut, or none of ours
      }
    }
  } catch {} // no storage here
  all.sort((a, b) => a.at - b.at);
  return all.filter((entry, n) => (n >= all.length - MOST && Date.now() - entry.at < OLDEST) || remove(entry));
}

function remove({ key }) {
  memory.delete(key);
  try {
    delete localStorage[key];
  } catch {}
}

function wake(milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(() => (navigator.locks?.request("genba", drain) ?? drain()).catch(drain), milliseconds);
}

/** Until nothing is left, or Genba does not answer. Whose turn it is is chance: no token waits for another's limit. */
async function drain() {
  for (let all; (all = entries()).length; ) {
    const status = await post(batchOf(all, all[Math.floor(Math.random() * all.length)]));
    if (!isFinal(status)) return wake(Math.min(SLOWEST, 2 ** failures++) * (750 + Math.random() * 500));
  }
  failures = 0;
}

/** Those that may go together with one of them. */
const batchOf = (all, one) => all.filter(({ url, token }) => url === one.url && token === one.token).slice(0, BATCH);

/** Sent again, it would be answered the same. 0: there was no answer. */
const isFinal = (status) => status && status < 500 && status !== 429;

/** @param {Entry[]} batch of one token @returns {Promise<number>} status */
async function post(batch) {
  const [{ url, token }] = batch;
  const events = batch.map(({ record }) => record);
  const body = JSON.stringify(events);
  let status = 0;
  for (const { key } of batch) mine.delete(key);
  try {
    ({ status } = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
      body,
      credentials: "omit",
      keepalive: body.length < OUTLIVES,
      signal: AbortSignal.timeout?.(2e4),
    }));
  } catch {} // away, or offline
  for (const entry of batch) isFinal(status) ? remove(entry) : mine.add(entry.key);
  if (status === 401) expired.add(token);
  document.dispatchEvent(new CustomEvent("genba:delivered", { detail: { status, events } }));
  return status;
}

// The page goes away: no lock and no pause, each request outlives it.
addEventListener("pagehide", () => {
  for (let left; (left = entries().filter(({ key }) => mine.has(key))).length; ) post(batchOf(left, left[0]));
});
addEventListener("online", () => wake(0));
document.addEventListener("visibilitychange", () => document.hidden || wake(0));
wake(0); // what the last page left behind

/**
 * Where unsent answers lie: IndexedDB, or memory alone where the browser forbids it.
 */

/**
 * @typedef {object} Entry
 * @property {number} [n] order of writing, given by the database
 * @property {string} key idempotency key
 * @property {string} user whose answer this is
 * @property {string} queue
 * @property {string} item the item's external id
 * @property {object} body what the server is sent
 * @property {string} [said] the answer in the person's words
 * @property {number} at milliseconds since 1970
 * @property {{status: number, message: string}} [refused] why the server will not have it
 */

const NAME = "genba";
const VERSION = 1;
const PATIENCE = 5_000; // milliseconds: a database that does not open may never say so

/** Errors by which a browser says that the connection is gone: data cleared, its own storage restarted. */
const LOST = new Set(["InvalidStateError", "AbortError", "UnknownError"]);

/** @returns {Promise<Store>} */
export async function openStore() {
  try {
    return new Store(await openDatabase());
  } catch {
    return new Store(null);
  }
}

/** None of its promises is ever rejected: what the database does not take stays in memory. */
class Store {
  /** @type {Map<string, Entry>} what is in the database as far as we know, by key: it can go at any time */
  #written = new Map();
  /** @type {Map<string, Entry | null>} changes that could not be written, by key; null: removed */
  #unwritten = new Map();
  /** @type {Promise<void> | null} */
  #reopening = null;

  /** @param {IDBDatabase | null} database */
  constructor(database) {
    this.database = database;
    /** @type {Entry[]} what is in no database, as far as we know */
    this.memory = [];
  }

  /** Whether everything outlives this page. */
  get safe() {
    return this.database !== null && this.memory.length === 0;
  }

  /** Starts writing at once, before the caller goes on. @param {Entry} entry @returns {Promise<void>} */
  async add(entry) {
    try {
      await this.#write((answers) => answers.add(entry), { last: true });
      this.#written.set(entry.key, entry);
    } catch {
      this.memory.push(entry);
    }
  }

  /** @param {string} user @returns {Promise<Entry[]>} in the order they were given */
  async list(user) {
    const all = await this.#read(user);
    const others = this.memory.filter((entry) => entry.user === user);
    if (others.length > 0) {
      all.push(...others);
      all.sort((one, other) => one.at - other.at);
    }
    const now = all.map((entry) => (this.#unwritten.has(entry.key) ? this.#unwritten.get(entry.key) : entry));
    return now.filter((entry) => entry !== null);
  }

  /** @param {Entry[]} entries */
  async remove(entries) {
    const keys = new Set(entries.map((entry) => entry.key));
    this.memory = this.memory.filter((entry) => !keys.has(entry.key));
    for (const key of keys) this.#written.delete(key);
    try {
      await this.#write((answers) => {
        for (const key of keys) find(answers, key, (n) => answers.delete(n));
      });
    } catch {
      for (const key of keys) this.#unwritten.set(key, null); // else it is listed, and sent, for ever
    }
  }

  /** @param {Entry} entry changed in place already */
  async change(entry) {
    if (this.#written.has(entry.key)) this.#written.set(entry.key, entry);
    this.memory = this.memory.map((one) => (one.key === entry.key ? entry : one));
    try {
      await this.#write((answers) => find(answers, entry.key, (n) => answers.put({ ...entry, n })));
      this.#unwritten.delete(entry.key);
    } catch {
      this.#unwritten.set(entry.key, entry);
    }
  }

  /**
   * @param {(answers: IDBObjectStore) => void} work
   * @param {{last?: boolean}} [how] last: it asks for nothing more when it has returned
   */
  #write(work, { last = false } = {}) {
    const write = (database) =>
      new Promise((resolve, reject) => {
        // strict: the answer is on the disk, not in a buffer, when we hear that it is written
        const transaction = database.transaction("answers", "readwrite", { durability: "strict" });
        transaction.oncomplete = () => resolve(undefined);
        transaction.onabort = () => reject(transaction.error ?? new DOMException("", "AbortError"));
        work(transaction.objectStore("answers"));
        if (last) transaction.commit?.(); // now, and not when all callbacks have run
      });
    return this.#use(write, (error) => LOST.has(error?.name));
  }

  /** @param {string} user @returns {Promise<Entry[]>} nothing when it cannot be read */
  async #read(user) {
    const before = [...this.#written.keys()];
    const read = (database) =>
      new Promise((resolve, reject) => {
        const transaction = database.transaction("answers");
        const request = transaction.objectStore("answers").index("user").getAll(user);
        request.onsuccess = () => resolve(request.result);
        transaction.onabort = request.onerror = () => reject(request.error);
      });
    try {
      const found = await this.#use(read, () => true);
      for (const key of before) this.#written.delete(key); // other tabs send and remove as well
      for (const entry of found) this.#written.set(entry.key, entry);
      this.memory = this.memory.filter((entry) => !this.#written.has(entry.key)); // not lost after all
      return found;
    } catch {
      return [];
    }
  }

  /**
   * Begins at once; where the connection is gone, once more over a new one.
   * @template T
   * @param {(database: IDBDatabase) => Promise<T>} work
   * @param {(error: any) => boolean} isLost
   * @returns {Promise<T>}
   */
  async #use(work, isLost) {
    if (this.#reopening) await this.#reopening;
    const { database } = this;
    if (!database) throw new Error("no database");
    try {
      return await work(database);
    } catch (error) {
      if (!isLost(error)) throw error;
    }
    await this.#reopen(database);
    if (!this.database) throw new Error("no database");
    const again = this.database;
    try {
      return await work(again);
    } catch (error) {
      if (isLost(error)) this.#lose(again);
      throw error;
    }
  }

  /** @param {IDBDatabase} lost */
  #reopen(lost) {
    if (this.database === lost) {
      this.#lose(lost);
      this.#reopening = openDatabase()
        .then((database) => void (this.database = database))
        .catch(() => {})
        .finally(() => (this.#reopening = null));
    }
    return this.#reopening;
  }

  /** From here on nothing is safe; what was written may be gone with the database. @param {IDBDatabase} lost */
  #lose(lost) {
    if (this.database !== lost) return;
    lost.close();
    this.database = null;
    const here = new Set(this.memory.map((entry) => entry.key));
    this.memory.push(...[...this.#written.values()].filter((entry) => !here.has(entry.key)));
  }
}

/** By its key, for the numbers begin anew in a new database. @param {(n: IDBValidKey) => void} use */
function find(answers, key, use) {
  const request = answers.index("key").getKey(key);
  request.onsuccess = () => request.result !== undefined && use(request.result);
}

/** @returns {Promise<IDBDatabase>} */
function openDatabase() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    const timer = setTimeout(() => reject(new Error("no answer")), PATIENCE);
    request.onupgradeneeded = () => {
      const answers = request.result.createObjectStore("answers", { keyPath: "n", autoIncrement: true });
      answers.createIndex("user", "user");
      answers.createIndex("key", "key", { unique: true });
    };
    request.onsuccess = () => {
      clearTimeout(timer);
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });
}

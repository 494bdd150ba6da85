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

/** @returns {Promise<Store>} */
export async function openStore() {
  try {
    return new Store(await openDatabase());
  } catch {
    return new Store(null);
  }
}

class Store {
  /** @param {IDBDatabase | null} database */
  constructor(database) {
    this.database = database;
    /** @type {Entry[]} what could not be written */
    this.memory = [];
  }

  /** Whether everything outlives this page. */
  get safe() {
    return this.database !== null && this.memory.length === 0;
  }

  /** Starts writing at once, before the caller goes on. @param {Entry} entry @returns {Promise<void>} */
  async add(entry) {
    try {
      await this.#write((answers) => answers.add(entry));
    } catch {
      this.memory.push(entry);
    }
  }

  /** @param {string} user @returns {Promise<Entry[]>} in the order they were given */
  async list(user) {
    const written = this.database ? await this.#read(user) : [];
    return [...written, ...this.memory.filter((entry) => entry.user === user)];
  }

  /** @param {Entry[]} entries */
  async remove(entries) {
    const keys = new Set(entries.map((entry) => entry.key));
    this.memory = this.memory.filter((entry) => !keys.has(entry.key));
    const written = entries.filter((entry) => entry.n !== undefined);
    if (written.length === 0) return;
    await this.#write((answers) => {
      for (const entry of written) answers.delete(entry.n);
    });
  }

  /** @param {Entry} entry changed in place already */
  async change(entry) {
    if (entry.n !== undefined) await this.#write((answers) => answers.put(entry));
  }

  /** @param {(answers: IDBObjectStore) => void} work */
  #write(work) {
    return new Promise((resolve, reject) => {
      if (!this.database) throw new Error("no database");
      // strict: the answer is on the disk, not in a buffer, when we hear that it is written
      const transaction = this.database.transaction("answers", "readwrite", { durability: "strict" });
      transaction.oncomplete = () => resolve(undefined);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
      work(transaction.objectStore("answers"));
      transaction.commit?.(); // now, and not when all callbacks have run
    });
  }

  /** @param {string} user @returns {Promise<Entry[]>} */
  #read(user) {
    return new Promise((resolve, reject) => {
      const answers = this.database.transaction("answers").objectStore("answers");
      const request = answers.index("user").getAll(user);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  }
}

/** @returns {Promise<IDBDatabase>} */
function openDatabase() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      const answers = request.result.createObjectStore("answers", { keyPath: "n", autoIncrement: true });
      answers.createIndex("user", "user");
      answers.createIndex("key", "key", { unique: true });
    };
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });
}

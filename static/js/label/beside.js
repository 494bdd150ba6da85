/**
 * What is said beside an answer: how the output fails, what it should have been, the intern test.
 *
 * The answer waits until this is closed: by Enter it goes on, by Escape the item is there as before.
 */

import { isChord } from "./keys.js";
import { format, part, say } from "./page.js";

/** @typedef {{id?: number, name: string}} Mode one without an id was named just now */
/** @typedef {{modes?: number[], new?: string[], expected?: string, intern?: string}} Said */

const SHOWN = 9; // modes at a time: each has a digit
const GAP = 8; // pixels between a text and what stands above or below it

export class Beside {
  open = false;
  /** @type {Set<string>} names in small letters */
  #chosen = new Set();
  #refused = false; // what is typed, as a new one
  #scrolledBy = 0; // pixels, so that the output is seen above it

  /**
   * @param {{asks: string[], modes: Mode[], most: number, texts: Record<string, string>}} config
   * @param {{done: () => void, back: () => void, changed: () => void}} on
   */
  constructor(config, on) {
    Object.assign(this, { config, on, modes: [...config.modes], texts: config.texts });
    this.box = part("beside");
    this.find = /** @type {HTMLInputElement} */ (part("beside-find"));
    this.expected = /** @type {HTMLTextAreaElement} */ (part("beside-expected"));
    this.box.addEventListener("click", (event) => this.#click(/** @type {HTMLElement} */ (event.target)));
    this.find.addEventListener("input", () => this.#type());
    this.box.addEventListener("input", () => this.on.changed());
    document.addEventListener("keydown", (event) => this.#key(event), { capture: true });
  }

  /** @param {string} answer as it is stored @returns {boolean} whether something is asked beside it */
  asks(answer) {
    return this.config.asks.includes(answer);
  }

  /** @param {Said | null | undefined} said earlier, and taken back or left half done */
  begin(said) {
    const known = new Map(this.modes.map((mode) => [mode.id, mode.name]));
    for (const name of said?.new ?? []) this.#learn(name);
    this.#chosen = new Set([...(said?.modes ?? []).map((id) => known.get(id)), ...(said?.new ?? [])].filter(Boolean).map(key));
    this.expected.value = said?.expected ?? "";
    for (const choice of this.#interns) choice.checked = choice.value === said?.intern;
    this.find.value = "";
    this.open = true;
    this.box.hidden = false;
    this.#paint();
    this.#scrolledBy = keepAbove(this.box, document.querySelector("#stage [data-part=output]"));
    this.box.focus({ preventScroll: true });
    say(this.texts.title);
  }

  close() {
    if (!this.open) return;
    this.open = false;
    window.scrollBy({ top: -this.#scrolledBy, behavior: "instant" });
    this.box.hidden = true;
    if (this.box.contains(document.activeElement)) /** @type {HTMLElement} */ (document.activeElement).blur();
  }

  /** @returns {Said | null} null: nothing is said */
  get said() {
    const modes = this.modes.filter((mode) => this.#chosen.has(key(mode.name)));
    /** @type {Said} */
    const said = {};
    const known = modes.filter((mode) => mode.id !== undefined).map((mode) => mode.id);
    const named = modes.filter((mode) => mode.id === undefined).map((mode) => mode.name);
    const expected = this.expected.value.trim();
    const intern = this.#interns.find((choice) => choice.checked)?.value;
    if (known.length > 0) said.modes = known;
    if (named.length > 0) said.new = named;
    if (expected) said.expected = expected;
    if (intern) said.intern = intern;
    return Object.keys(said).length > 0 ? said : null;
  }

  get #interns() {
    return /** @type {HTMLInputElement[]} */ ([...this.box.querySelectorAll("[name=beside-intern]")]);
  }

  /** What is typed, as a name. */
  get #typed() {
    return this.find.value.trim().replace(/\s+/g, " ");
  }

  /** No new one can be named. */
  get #full() {
    return this.modes.length >= this.config.most;
  }

  #type() {
    this.#refused = false;
    this.#paint();
  }

  /** Those that hold what is typed, as they are offered; what is chosen stays in sight. @returns {Mode[]} */
  get #offered() {
    const typed = key(this.#typed);
    const found = this.modes.filter((mode) => key(mode.name).includes(typed));
    const first = found.slice(0, SHOWN);
    return typed ? first : [...first, ...found.slice(SHOWN).filter((mode) => this.#chosen.has(key(mode.name)))];
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (!this.open || isChord(event) || event.isComposing || document.querySelector("dialog[open]")) return;
    const target = /** @type {HTMLElement} */ (event.target);
    if (target !== document.body && !this.box.contains(target) && target.closest("input, textarea, select")) return;
    if (this.#act(event, target)) event.preventDefault();
    if (event.key !== "Tab") event.stopPropagation(); // no key is an answer now
  }

  /** @returns {boolean} whether the browser should leave it alone */
  #act(event, target) {
    const writes = target === this.expected;
    if (event.key === "Tab" && !event.shiftKey && target === this.box) return this.#write();
    if (event.key === "Escape") return this.#leave(writes);
    if (event.key === "Enter" && !event.shiftKey) return this.#enter(target);
    if (writes) return false;
    const finding = this.find.value !== "";
    if (/^[1-9]$/.test(event.key) && !(target === this.find && finding)) return this.#toggle(this.#offered[Number(event.key) - 1]);
    if (event.key === "Backspace" && !finding) return true; // it would take the last answer back
    const inChoice = target.matches("[type=radio]") && event.key === " ";
    if (event.key.length === 1 && event.key !== " " && target !== this.find && !inChoice) this.find.focus();
    return false;
  }

  /** On from the panel itself; all that lies between has a digit or is typed, and Shift+Tab leads there. */
  #write() {
    this.expected.focus();
    return true;
  }

  #leave(writes) {
    if (writes) this.box.focus({ preventScroll: true });
    else if (this.find.value !== "") {
      this.find.value = "";
      this.#paint();
    } else this.on.back();
    return true;
  }

  #enter(target) {
    if (target.closest("button")) return false; // it presses the button
    if (this.#typed && target !== this.expected) this.#choose();
    else this.on.done();
    return true;
  }

  /** What is typed: the mode of that name, the only one that is left, or a new one. */
  #choose() {
    const found = this.#offered;
    const same = this.modes.find((mode) => key(mode.name) === key(this.#typed));
    if (!same && found.length !== 1 && this.#full) return this.#refuse();
    const mode = same ?? (found.length === 1 ? found[0] : this.#learn(this.#typed));
    this.#chosen.add(key(mode.name));
    this.find.value = "";
    this.box.focus({ preventScroll: true });
    this.#changed(mode);
  }

  /** What is typed stays, and the panel says what to do. */
  #refuse() {
    this.#refused = true;
    this.#paint();
    this.find.focus();
  }

  /** @param {Mode | undefined} mode */
  #toggle(mode) {
    if (!mode) return true;
    if (!this.#chosen.delete(key(mode.name))) this.#chosen.add(key(mode.name));
    this.find.value = "";
    this.#changed(mode);
    return true;
  }

  #changed(mode) {
    this.#paint();
    this.on.changed();
    say(format(this.#chosen.has(key(mode.name)) ? this.texts.on : this.texts.off, { name: mode.name }));
  }

  /** @param {string} name @returns {Mode} */
  #learn(name) {
    const there = this.modes.find((mode) => key(mode.name) === key(name));
    if (there) return there;
    const mode = { name };
    this.modes.push(mode);
    return mode;
  }

  #click(target) {
    const button = target.closest("button");
    if (!button) return;
    if (button.id === "beside-done") this.on.done();
    else if (button.id === "beside-back") this.on.back();
    else if (button.dataset.named !== undefined) this.#choose();
    else if (button.dataset.mode) this.#toggle(this.modes.find((mode) => key(mode.name) === button.dataset.mode));
  }

  #paint() {
    const offered = this.#offered;
    const buttons = offered.map((mode, n) => this.#button(mode, n));
    const typed = this.#typed;
    const isNew = typed !== "" && !this.modes.some((mode) => key(mode.name) === key(typed));
    this.#tell(isNew && this.#full && (this.#refused || offered.length === 0));
    if (isNew && !this.#full) buttons.push(button(format(this.texts.named, { name: typed }), { named: "" }, offered.length === 1 ? "" : "↵"));
    part("beside-modes").replaceChildren(...buttons);
    const left = this.modes.filter((mode) => key(mode.name).includes(key(typed))).length - offered.length;
    part("beside-more").textContent = left > 0 ? format(this.texts.more, { n: left }) : "";
  }

  /** @param {boolean} full that no new one can be named */
  #tell(full) {
    const line = part("beside-full");
    const text = full ? format(this.texts.full, { name: this.#typed, n: this.config.most }) : "";
    if (line.hidden === !full && part("beside-full-text").textContent === text) return;
    part("beside-full-text").textContent = text;
    line.hidden = !full;
    if (full) say(text);
    if (full) line.scrollIntoView({ block: "nearest" });
  }

  #button(mode, n) {
    const made = button(mode.name, { mode: key(mode.name) }, n < SHOWN ? String(n + 1) : "");
    made.setAttribute("aria-pressed", String(this.#chosen.has(key(mode.name))));
    return made;
  }
}

/** For queues that ask nothing beside their answers. */
export const NOTHING_BESIDE = { open: false, said: null, asks: () => false, begin() {}, close() {} };

const key = (name) => name.toLowerCase();

/**
 * Scroll what is read up by what now covers its end, but not so far that its beginning is gone.
 *
 * @param {Element} cover over the lower part of the window
 * @param {Element | null} text
 * @returns {number} pixels
 */
function keepAbove(cover, text) {
  if (!text) return 0;
  const before = window.scrollY;
  const { top, bottom } = text.getBoundingClientRect();
  const hidden = Math.min(bottom, part("foot").getBoundingClientRect().top) - cover.getBoundingClientRect().top;
  const head = part("head").getBoundingClientRect().bottom + GAP;
  const room = top < head ? hidden : top - head;
  if (hidden > 0) window.scrollBy({ top: Math.min(hidden + GAP, Math.max(room, 0)), behavior: "instant" });
  return window.scrollY - before;
}

function button(text, data, sign) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "button button-small", dir: "auto" });
  if (sign) made.append(Object.assign(document.createElement("kbd"), { textContent: sign }), " ");
  made.append(text);
  Object.assign(made.dataset, data);
  return made;
}

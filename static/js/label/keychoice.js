/**
 * The dialog of keys: what each does, and another key for it.
 */

import { isChord, nameOf, shown } from "./keys.js";
import { format, part } from "./page.js";

export class KeyChoice {
  /** @type {HTMLButtonElement | null} the button whose key is being chosen */
  #asking = null;

  /**
   * @param {import("./keymap.js").Keymap} keymap
   * @param {Record<string, string>} texts
   * @param {() => void} changed
   */
  constructor(keymap, texts, changed) {
    Object.assign(this, { keymap, texts, changed });
    this.dialog = /** @type {HTMLDialogElement} */ (part("help"));
    this.dialog.addEventListener("click", (event) => this.#click(/** @type {HTMLElement} */ (event.target)));
    this.dialog.addEventListener("keydown", (event) => this.#key(event));
    this.dialog.addEventListener("close", () => this.#ask(null));
    window.addEventListener("storage", (event) => event.key === keymap.name && (keymap.read(), this.#show()));
    this.#show();
  }

  toggle() {
    if (this.dialog.open) this.dialog.close();
    else this.dialog.showModal();
  }

  #click(target) {
    const button = /** @type {HTMLButtonElement | null} */ (target.closest("button[data-choose]"));
    if (button) this.#ask(button === this.#asking ? null : button);
    if (target.closest("#keys-reset")) {
      this.keymap.reset();
      this.#ask(null);
      this.#show();
      this.#tell(this.texts.keysReset);
      /** @type {HTMLElement} */ (this.dialog.querySelector("button[type=submit]")).focus(); // its own button is gone
    }
  }

  #key(event) {
    const name = nameOf(event);
    if (this.#asking) this.#choose(event, name);
    else if (this.keymap.actionOf(name) === "help" && !isChord(event)) this.toggle();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #choose(event, name) {
    if (event.repeat || ["Shift", "Control", "Alt", "Meta", "CapsLock"].includes(event.key)) return;
    if (name === "Escape") {
      this.#ask(null);
      return;
    }
    const action = this.#asking.dataset.choose;
    const { refused, by } = isChord(event) ? { refused: "reserved" } : this.keymap.choose(action, name);
    const key = name === " " ? this.texts.space : shown(name);
    if (refused === "reserved") this.#tell(format(this.texts.keyReserved, { key }));
    else if (refused === "taken") this.#tell(format(this.texts.keyTaken, { key, what: this.texts.actions[by] }));
    if (refused) return;
    this.#ask(null);
    this.#show();
    this.#tell(format(this.texts.keyChosen, { key, what: this.texts.actions[action] }));
  }

  #ask(button) {
    if (this.#asking) {
      this.#asking.textContent = this.texts.change;
      this.#asking.setAttribute("aria-pressed", "false");
    }
    this.#asking = button;
    this.#tell("");
    if (!button) return;
    button.textContent = this.texts.pressKey;
    button.setAttribute("aria-pressed", "true");
  }

  #show() {
    part("keys-reset").hidden = this.keymap.isUsual;
    this.changed();
  }

  #tell(text) {
    part("keys-said").textContent = text;
  }
}

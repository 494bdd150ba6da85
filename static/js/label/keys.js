/**
 * Which key does what. This table is the only place that says so.
 */

/** @typedef {"yes" | "no" | "undo" | "skip" | "flag" | "note" | "guideline" | "help" | "close"} Action */

/** @type {Record<Action, string[]>} the first of each is the one that is shown */
export const KEYS = {
  yes: ["y", "ArrowRight"],
  no: ["n", "ArrowLeft"],
  undo: ["u", "Backspace"],
  skip: ["s"],
  flag: ["f"],
  note: ["e", "/"],
  guideline: ["g"],
  help: ["?"],
  close: ["Escape"],
};

const SHOWN = { ArrowRight: "→", ArrowLeft: "←", Backspace: "⌫" };
const FIELDS = "input, textarea, select, [contenteditable]:not([contenteditable='false'])";

/**
 * Call an action's function when its key goes down: one key, no chords, no repeats, and never
 * while somebody types in a field or a dialog is open.
 * @param {Record<Action, (event: KeyboardEvent, least: number) => void>} actions
 * @param {number} least milliseconds that an item must have been on the screen to be answered
 * @param {Record<Action, string[]>} keys
 */
export function listen(actions, least, keys = KEYS) {
  const byKey = new Map(Object.entries(keys).flatMap(([action, names]) => names.map((name) => [name, action])));
  document.addEventListener("keydown", (event) => {
    const action = byKey.get(nameOf(event));
    if (!action || isChord(event) || isTyping(event) || scrollsSideways(event)) return;
    event.preventDefault();
    if (!event.repeat) actions[action](event, least);
  });
}

/** Write each action's keys into the elements that ask for them: `<kbd data-key="yes">`. */
export function writeKeys(root, keys = KEYS) {
  for (const element of root.querySelectorAll("[data-key]")) element.textContent = shown(keys[element.dataset.key][0]);
  for (const element of root.querySelectorAll("[data-keys]")) {
    element.replaceChildren(...keys[element.dataset.keys].map((name) => kbd(shown(name))));
  }
}

/** The letter that is printed on the key for a Latin layout, else by its place: ㅛ is where y is. */
function nameOf(event) {
  const { key, code } = event;
  if (key.length > 1 && key !== "Process" && key !== "Unidentified") return key;
  if (/^[\x21-\x7e]$/.test(key)) return key.toLowerCase();
  return /^Key[A-Z]$/.test(code) ? code.slice(3).toLowerCase() : key;
}

function isChord(event) {
  return event.ctrlKey || event.metaKey || event.altKey;
}

function isTyping(event) {
  return event.target.closest?.(FIELDS) || document.querySelector("dialog[open]");
}

/** Arrows belong to a wide table or code block while it has the focus. */
function scrollsSideways({ key, target }) {
  return key.startsWith("Arrow") && target !== document.body && target.scrollWidth > target.clientWidth + 1;
}

const shown = (name) => SHOWN[name] ?? name.toUpperCase();

function kbd(text) {
  const element = document.createElement("kbd");
  element.textContent = text;
  return element;
}

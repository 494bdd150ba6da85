/**
 * Which key does what, as long as nobody chose otherwise. This table is the only place that says so.
 */

/** @typedef {string} Action */

const COMMON = {
  undo: ["u", "Backspace"],
  skip: ["s"],
  flag: ["f"],
  note: ["e", "/"],
  guideline: ["g"],
  history: ["h"],
  mark: ["m"],
  raw: ["r"],
  help: ["?"],
};

/** @type {Record<"binary" | "pairwise", Record<Action, string[]>>} the first of each is the one that is shown */
export const KEYS = {
  binary: { yes: ["y", "ArrowRight"], no: ["n", "ArrowLeft"], ...COMMON },
  pairwise: {
    a: ["a", "ArrowLeft"],
    b: ["b", "ArrowRight"],
    tie: ["t"],
    both_bad: ["x"],
    down: ["j", "ArrowDown"],
    up: ["k", "ArrowUp"],
    differences: ["d"],
    link: ["l"],
    input: ["i"],
    ...COMMON,
  },
};

/** What is the same for everybody and can be given to nothing else. */
const FIXED = { Escape: "close", " ": "page", PageDown: "page", PageUp: "back", Home: "top", End: "bottom", Enter: "keep" };
const HELD = new Set(["down", "up", "page", "back"]); // go on while the key is held
const SHOWN = { ArrowRight: "→", ArrowLeft: "←", ArrowUp: "↑", ArrowDown: "↓", Backspace: "⌫" };
const FIELDS = "input, textarea, select, [contenteditable]:not([contenteditable='false'])";
const PRESSED = "button, a[href], summary"; // take Enter and Space for themselves

/**
 * Call an action's function when its key goes down: one key, no chords, no repeats, and never
 * while somebody types in a field or a dialog is open. What the function leaves to the browser
 * (by returning false) is the browser's.
 * @param {Record<Action, (event: KeyboardEvent, least: number) => unknown>} actions
 * @param {number} least milliseconds that an item must have been on the screen to be answered
 * @param {{actionOf: (key: string) => Action | undefined}} keymap
 */
export function listen(actions, least, keymap) {
  document.addEventListener("keydown", (event) => {
    const name = nameOf(event);
    const action = keymap.actionOf(name) ?? FIXED[name];
    if (!actions[action] || event.defaultPrevented) return;
    if (isChord(event) || isTyping(event) || isTaken(event, name) || scrollsItself(event)) return;
    if (event.repeat && !HELD.has(action)) event.preventDefault();
    else if (actions[action](event, least) !== false) event.preventDefault();
  });
}

/** Write each action's keys where they are asked for: `<kbd data-key="yes">`, and for screen readers. */
export function writeKeys(root, keys) {
  const all = (name) => [...root.querySelectorAll(`[data-${name}]`)].filter((one) => keys[one.dataset[name]]);
  for (const element of all("key")) element.textContent = shown(keys[element.dataset.key][0]);
  for (const element of all("keys")) element.replaceChildren(...keys[element.dataset.keys].map((name) => kbd(shown(name))));
  for (const name of ["action", "tool"]) {
    for (const element of all(name)) element.setAttribute("aria-keyshortcuts", keys[element.dataset[name]].join(" "));
  }
}

/** The letter that is printed on the key for a Latin layout, else by its place: ㅛ is where y is. */
export function nameOf(event) {
  const { key, code } = event;
  if (key.length > 1 && key !== "Process" && key !== "Unidentified") return key;
  if (/^[\x21-\x7e]$/.test(key)) return key.toLowerCase();
  return /^Key[A-Z]$/.test(code) ? code.slice(3).toLowerCase() : key;
}

/** @param {string} name @returns {string} as it is printed on the key */
export const shown = (name) => SHOWN[name] ?? name.toUpperCase();

export function isChord(event) {
  return event.ctrlKey || event.metaKey || event.altKey;
}

function isTyping(event) {
  return event.target.closest?.(FIELDS) || document.querySelector("dialog[open]");
}

/** Enter and Space press the button that has the focus. */
function isTaken(event, name) {
  return (name === "Enter" || name === " ") && event.target.closest?.(PRESSED);
}

/** Arrows belong to a wide table or code block while it has the focus. */
function scrollsItself({ key, target }) {
  const sideways = key === "ArrowLeft" || key === "ArrowRight";
  return sideways && target !== document.body && target.scrollWidth > target.clientWidth + 1;
}

function kbd(text) {
  const element = document.createElement("kbd");
  element.textContent = text;
  return element;
}

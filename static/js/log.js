/**
 * Keys of the log. In the list j and k move from row to row, / goes to the search field; on an
 * interaction a link's `data-key` follows it. Nothing happens while somebody types.
 * Forms with `data-drop-blank` leave empty fields out of the address.
 */

/** @param {EventTarget | null} target */
function typing(target) {
  return target instanceof HTMLElement
    && (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName));
}

/** @param {number} by */
function move(by) {
  const rows = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".log-row")]);
  if (!rows.length) return;
  const at = rows.findIndex((row) => row === document.activeElement);
  const next = at < 0 ? 0 : Math.min(Math.max(at + by, 0), rows.length - 1);
  rows[next].focus({ preventScroll: true });
  rows[next].scrollIntoView({ block: "nearest" });
}

/** @param {string} key */
function follow(key) {
  const link = /** @type {HTMLElement | null} */ (document.querySelector(`a[data-key="${CSS.escape(key)}"]`));
  link?.click();
  return Boolean(link);
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  const search = /** @type {HTMLElement | null} */ (document.querySelector(".filters input[type=search]"));
  if (event.key === "/" && search) {
    event.preventDefault();
    search.focus();
  } else if (!follow(event.key) && (event.key === "j" || event.key === "k")) {
    move(event.key === "j" ? 1 : -1);
  }
});

document.addEventListener("formdata", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!form.matches("[data-drop-blank]")) return;
  for (const [name, value] of [...event.formData]) if (!value) event.formData.delete(name);
});

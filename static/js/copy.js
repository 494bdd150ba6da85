/**
 * Buttons with `data-copy="id"` copy that element's text and say so for a moment.
 * On plain HTTP, where there is no clipboard, they select it.
 */

const SHOWN_MS = 1600;

/** @param {HTMLElement} source */
function select(source) {
  const range = document.createRange();
  range.selectNodeContents(source);
  const selection = window.getSelection();
  selection?.removeAllRanges();
  selection?.addRange(range);
}

/** @param {HTMLButtonElement} button */
async function copy(button) {
  const source = document.getElementById(button.dataset.copy ?? "");
  if (!source) return;
  const text = source instanceof HTMLInputElement ? source.value : source.textContent ?? "";
  try {
    await navigator.clipboard.writeText(text.trim());
  } catch {
    select(source); // the person presses Ctrl-C
    return;
  }
  button.dataset.said ??= button.textContent ?? "";
  button.textContent = button.dataset.copied ?? "✓";
  window.setTimeout(() => { button.textContent = button.dataset.said ?? ""; }, SHOWN_MS);
}

document.addEventListener("click", (event) => {
  const button = /** @type {Element} */ (event.target).closest("button[data-copy]");
  if (button) copy(/** @type {HTMLButtonElement} */ (button));
});

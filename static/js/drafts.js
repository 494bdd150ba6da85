/**
 * Keeps what is typed into a `<textarea data-draft="name">` in this browser until it is stored:
 * over a reload, another page, or the panel being loaded anew.
 *
 * A draft remembers the state of the text that it was typed against (the form's field `seen`), so
 * that somebody else's newer text is met as a conflict and never overwritten.
 */

const NAME = "genba-note:";

/** @param {ParentNode} [root] a page, or a part of it that was loaded just now */
export function keepDrafts(root = document) {
  for (const field of root.querySelectorAll("textarea[data-draft]")) follow(/** @type {HTMLTextAreaElement} */ (field));
}

/** @param {HTMLTextAreaElement} field */
function follow(field) {
  const name = NAME + field.dataset.draft;
  const seen = /** @type {HTMLInputElement | null} */ (field.form?.elements.namedItem("seen"));
  const draft = read(name);
  if (draft && isStored(draft, field, seen)) {
    forget(name);
  } else if (draft && field.value === field.defaultValue) { // else the browser has brought it back itself
    field.value = draft.text;
    if (seen) seen.value = draft.seen;
    field.closest("details")?.setAttribute("open", "");
  }
  const keep = (sent) => {
    if (field.value === field.defaultValue) forget(name);
    else write(name, { text: field.value, seen: seen?.value ?? "", sent });
  };
  field.addEventListener("input", () => keep(false));
  field.form?.addEventListener("submit", () => keep(true));
}

/** What was sent is stored when the page shows it, or when what it was typed against is gone. */
function isStored(draft, field, seen) {
  return draft.text.trim() === field.defaultValue.trim() || (draft.sent && seen?.value !== draft.seen);
}

/** @returns {{text: string, seen: string, sent: boolean} | null} */
function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name) ?? "null");
  } catch {
    return null;
  }
}

function write(name, draft) {
  try {
    localStorage.setItem(name, JSON.stringify(draft));
  } catch {
    // The text is still in the field.
  }
}

function forget(name) {
  try {
    localStorage.removeItem(name);
  } catch {
    // Nothing was kept either.
  }
}

keepDrafts();
document.addEventListener("htmx:load", (event) => keepDrafts(/** @type {HTMLElement} */ (event.target)));

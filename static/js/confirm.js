/**
 * Asks before a form with `data-confirm` is sent. The button's own words come back on the
 * dialog's button. Without this script the form is simply sent.
 */

const dialog = /** @type {HTMLDialogElement | null} */ (document.getElementById("confirm"));
const words = document.getElementById("confirm-text");
const yes = /** @type {HTMLButtonElement | null} */ (dialog?.querySelector("[data-confirm-yes]"));
const usual = yes?.textContent ?? "";

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  const question = form.dataset.confirm;
  if (!question || !dialog || !words || !yes || form.dataset.confirmed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const button = /** @type {HTMLButtonElement | null} */ (event.submitter);
  words.textContent = question;
  yes.textContent = button?.textContent?.trim() || usual;
  dialog.returnValue = "no";
  dialog.showModal();
  dialog.addEventListener("close", () => {
    if (dialog.returnValue !== "yes") return;
    form.dataset.confirmed = "yes";
    form.requestSubmit(button);
    delete form.dataset.confirmed;
  }, { once: true });
}, { capture: true });

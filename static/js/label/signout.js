/**
 * Signing out with unsent answers asks first: the page's confirm dialog does the asking.
 */

/** @param {number} unsent @param {string} question with `{n}` */
export function askBeforeSigningOut(unsent, question) {
  for (const form of document.querySelectorAll("form[action$='/signout/']")) {
    if (unsent > 0) form.dataset.confirm = question.replace("{n}", String(unsent));
    else delete form.dataset.confirm;
  }
}

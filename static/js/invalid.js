/**
 * After a form was refused: to the first field that is wrong, wherever on the page it stands.
 */

const wrong = document.querySelector("[aria-invalid=true]");
if (wrong instanceof HTMLElement) wrong.focus();

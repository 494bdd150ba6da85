/**
 * Menus made of <details class="menu">: close on Escape and on a click elsewhere. On a phone
 * the row of tabs is scrolled so that the current one can be seen.
 */

const open = () => /** @type {NodeListOf<HTMLDetailsElement>} */ (document.querySelectorAll("details.menu[open]"));

document.addEventListener("click", (event) => {
  for (const menu of open()) {
    if (!menu.contains(/** @type {Node} */ (event.target))) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of open()) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  }
});

const tabs = document.querySelector(".tabs");
const current = /** @type {HTMLElement | null} */ (tabs?.querySelector("[aria-current]"));
if (tabs && current) tabs.scrollLeft = current.offsetLeft - (tabs.clientWidth - current.offsetWidth) / 2;

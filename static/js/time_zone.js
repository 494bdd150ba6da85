/**
 * Preselects the browser's time zone in a new form: `<form data-time-zone="id of the select">`.
 */

for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form[data-time-zone]"))) {
  const select = /** @type {HTMLSelectElement | null} */ (document.getElementById(form.dataset.timeZone ?? ""));
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const chosen = select?.querySelector("option[selected]");
  if (select && !chosen && [...select.options].some((option) => option.value === here)) select.value = here;
}

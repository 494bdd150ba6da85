/**
 * Asks the page's own server for a suggestion while its fields are filled in.
 */

const WAIT = 400; // milliseconds without a key

/** @returns {Promise<any>} null where there is no good answer */
export const fetchJson = (url, options) => fetch(url, options).then((answer) => (answer.ok ? answer.json() : null)).catch(() => null);

/** @param {import("./suggest.js").GenbaSuggest} element until it leaves the page */
export function ask(element) {
  const root = element.closest("form") ?? document;
  const names = (element.getAttribute("from") ?? "").split(" ");
  let latest;
  let wait;

  const now = async () => {
    const fields = [...root.querySelectorAll("[name]")].filter(({ name }) => names.includes(name));
    const input = fields.map(({ value }) => value).join("\n").trim();
    const mine = (latest = {});
    const answer = input && (await element.ask(input));
    if (mine === latest) element.suggestion = answer; // else it is about an older input
  };

  element.on(root, "input", ({ target }) => {
    if (!names.includes(target.name)) return;
    clearTimeout(wait);
    wait = setTimeout(now, WAIT);
  });
  now();
}

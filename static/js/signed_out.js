/**
 * Says so, once, when a fragment was refused because nobody is signed in any more.
 */

document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = /** @type {CustomEvent<{ xhr: XMLHttpRequest }>} */ (event).detail;
  const words = /** @type {HTMLTemplateElement | null} */ (document.getElementById("signed-out"));
  if (xhr.status !== 401 || !words) return;
  document.getElementById("messages")?.append(words.content.cloneNode(true));
  words.remove();
});

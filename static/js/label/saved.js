/**
 * Says how many answers are not stored yet, and what is in their way.
 */

import { format, part } from "./page.js";

/** @param {import("./outbox.js").State} state @param {Record<string, string>} texts */
export function showSaved({ unsent, refused, trouble, safe }, texts) {
  const saved = part("saved");
  const open = unsent + refused.length;
  saved.textContent = open === 0 ? texts.saved : format(texts.unsent, { n: open });
  saved.dataset.state = open === 0 ? "saved" : trouble || refused.length ? "trouble" : "sending";
  if (refused.length > 0) {
    const [{ refused: why, body, item, said }] = refused;
    const answer = said || texts[body.answer] || body.answer;
    showTrouble(format(texts.refused, { n: refused.length, answer, item, why: why.message }), ["retry", "discard"]);
  } else if (trouble === "signed-out" || trouble === "somebody-else") {
    showTrouble(format(texts[trouble], { n: unsent }), ["signin", "retry"]);
  } else if (trouble === "away" && unsent > 0) {
    showTrouble(format(safe ? texts.away : texts.awayUnsafe, { n: unsent }), ["retry"]);
  } else {
    showTrouble(safe ? "" : texts.unsafe, []);
  }
}

function showTrouble(text, choices) {
  const box = part("trouble");
  if (box.hidden !== (text === "")) box.hidden = text === "";
  if (part("trouble-text").textContent !== text) part("trouble-text").textContent = text;
  for (const choice of box.querySelectorAll("[data-do]")) choice.hidden = !choices.includes(choice.dataset.do);
}

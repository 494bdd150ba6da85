/**
 * The quiet line below the question: where one is in the chain, what a model suggests, why this
 * item comes now. It is a suggestion only: no button is pressed by it.
 */

import { format, part } from "./page.js";
import { asShown } from "./sides.js";

/**
 * @param {import("./deck.js").Item | null} item null: nothing is on the screen
 * @param {string} question key
 * @param {{step: number, of: number}} chain
 * @param {Record<string, string>} texts
 * @returns {string} the same for those who listen
 */
export function showAside(item, question, { step, of }, texts) {
  const words = {
    step: item && of > 1 ? format(texts.step, { n: step, of }) : "",
    suggestion: item ? suggested(item, question, texts) : "",
    reason: item?.reason ? format(texts.reason, { why: item.reason }) : "",
  };
  for (const [name, text] of Object.entries(words)) Object.assign(part(name), { textContent: text, title: text });
  if (words.suggestion || words.reason) part("why").classList.add("label-why-full");
  const said = Object.values(words).filter(Boolean);
  if (said.length > 0) part("aside").hidden = part("why").hidden = false; // and stays: nothing moves again
  return said.join(". ");
}

function suggested({ prelabels, swapped }, question, texts) {
  const prelabel = prelabels?.[question];
  if (!prelabel) return "";
  const answer = texts[asShown(prelabel.answer, swapped)] ?? prelabel.answer;
  const values = { who: prelabel.rater, answer, percent: percent(prelabel.confidence) };
  return format(values.percent ? texts.suggestedSure : texts.suggested, values);
}

function percent(share) {
  if (share === null || share === undefined) return "";
  return new Intl.NumberFormat(document.documentElement.lang, { style: "percent" }).format(share);
}

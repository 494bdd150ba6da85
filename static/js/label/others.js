/**
 * What others had answered, shown once one's own answer is stored: a bar above the answers.
 */

import { format, part, say } from "./page.js";

/** @typedef {{rater: string, answer: string, note: string, own?: boolean}} Other answer: in words */

export class Others {
  /** @param {Record<string, string>} texts @param {() => void} keep what the button does */
  constructor(texts, keep) {
    this.texts = texts;
    this.box = part("others");
    part("others-keep")?.addEventListener("click", keep);
    part("others-more")?.addEventListener("click", () => this.#unfold(part("others-more").getAttribute("aria-expanded") !== "true"));
  }

  /** The answer is on its way: the others' come with the server's word. @param {string} mine */
  wait(mine) {
    this.#write(format(this.texts.othersWait, { answer: mine }), []);
  }

  /** @param {string} mine @param {Other[]} others */
  show(mine, others) {
    this.#write(format(this.texts.othersSaid, { answer: mine }), others);
    const lines = others.map(({ answer, note, ...who }) => [`${this.#name(who)}: ${answer}`, note].filter(Boolean).join(", "));
    say([part("others-mine").textContent, ...lines, part("others-how").textContent].join(" "));
  }

  hide() {
    if (this.box) this.box.hidden = true;
  }

  /** An adjudicator may have been one of the raters. */
  #name({ rater, own }) {
    return own ? this.texts.othersYou : rater;
  }

  /** On a phone they take one line, until somebody wants to read all. @param {boolean} on */
  #unfold(on) {
    this.box.classList.toggle("label-others-open", on);
    part("others-more").setAttribute("aria-expanded", String(on));
  }

  #write(words, others) {
    this.#unfold(false);
    this.box.classList.toggle("label-others-wait", others.length === 0);
    part("others-mine").textContent = words;
    part("others-list").replaceChildren(...others.map((one) => row({ ...one, rater: this.#name(one) })));
    this.box.hidden = false;
  }
}

function row({ rater, answer, note }) {
  const item = document.createElement("li");
  const add = (tag, className, text) => {
    const element = Object.assign(document.createElement(tag), { className, textContent: text, dir: "auto" });
    item.append(element, " ");
  };
  add("strong", "badge", answer);
  add("span", "", rater);
  if (note) add("span", "soft", note);
  return item;
}

/**
 * Deciding what others disagree about: answer without knowing, see their answers, keep or change.
 */

import { asShown } from "./sides.js";

/** @typedef {import("./past.js").Past} Past */

export class Judging {
  /** @type {Past | null} my answer, while it is to be kept or changed */
  open = null;
  shown = false; // whether the others' answers are on the screen

  /**
   * @param {object} parts
   * @param {import("./others.js").Others} parts.others
   * @param {(past: {answer: string, swapped?: boolean}) => string} parts.said an answer in words
   */
  constructor(parts) {
    Object.assign(this, parts);
  }

  /** @param {Past} past given just now, and not stored yet */
  begin(past) {
    this.open = past;
    this.others.wait(this.said(past));
  }

  /**
   * The server has it, and says what the others had answered.
   * @param {{others?: import("./others.js").Other[]} | null} [revealed]
   * @returns {boolean} whether there was something to see
   */
  show(revealed) {
    if (!revealed?.others?.length) return false;
    const { swapped } = this.open;
    const others = revealed.others.map((one) => ({ ...one, answer: this.said({ answer: one.answer, swapped }) }));
    this.others.show(this.said(this.open), others);
    this.shown = true;
    return true;
  }

  /**
   * @param {string} answer as on its button
   * @param {import("./past.js").Typed} typed
   * @returns {boolean} whether my answer stands as it is
   */
  keeps(answer, typed) {
    const { answer: mine, swapped } = this.open;
    return answer === asShown(mine, swapped) && ["note", "flagged", "marks"].every((name) => isSame(typed[name], this.open[name]));
  }

  end() {
    this.open = null;
    this.shown = false;
    this.others.hide();
  }
}

const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);

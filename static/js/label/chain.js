/**
 * Which question of a chain comes next: the rule of annotator/chain_rules.py.
 */

/**
 * @typedef {object} Question
 * @property {string} key
 * @property {number} version
 * @property {string} text
 * @property {{question: string, answer: string} | null} [after] asked only where that earlier question got that answer
 * @property {string} [stops_on] this answer ends the chain
 */

/** @typedef {Record<string, string>} Answers by question; a skip is none */

/**
 * @param {Question[]} questions in order
 * @param {Answers} answers
 * @returns {number} its place in the chain; -1 when nothing more is asked
 */
export function nextQuestion(questions, answers) {
  for (const [at, question] of questions.entries()) {
    if (!isAsked(question, answers)) continue;
    const given = answerTo(question, answers);
    if (given === "") return at;
    if (given === question.stops_on) return -1;
  }
  return -1;
}

/**
 * Where question `at` stands among those that were or may still be asked.
 * @param {Question[]} questions
 * @param {Answers} answers
 * @param {number} at
 * @returns {{step: number, of: number}} counted from 1
 */
export function placeInChain(questions, answers, at) {
  const possible = questions.filter((question, n) => n >= at ? mayBeAsked(questions, question, answers) : answerTo(question, answers) !== "");
  return { step: possible.indexOf(questions[at]) + 1, of: possible.length };
}

/** @param {Question} question @param {Answers} answers */
function answerTo({ key }, answers) {
  const given = answers[key] ?? "";
  return given === "skip" ? "" : given;
}

function isAsked({ after }, answers) {
  return !after || answers[after.question] === after.answer;
}

/** Not ruled out by what is answered: its condition is met, or its question can still be asked. */
function mayBeAsked(questions, { after }, answers) {
  if (!after) return true;
  const before = questions.find((question) => question.key === after.question);
  if (!before) return false;
  const given = answerTo(before, answers);
  return given === "" ? mayBeAsked(questions, before, answers) : given === after.answer;
}

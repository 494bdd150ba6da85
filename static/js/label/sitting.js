/**
 * One person's sitting before a queue: what is on the screen, what was answered, what comes next.
 */

import { nextQuestion, placeInChain } from "./chain.js";
import { NOTHING } from "./draft.js";
import { endOf, troubleOf } from "./endings.js";
import { Judging } from "./judging.js";
import { asShown, asStored } from "./sides.js";

/** @typedef {import("./past.js").Past} Past */
/** @typedef {import("./deck.js").Item} Item */

const SOON = 1_000;
const LATER = 20_000;
const PATIENCE = 8_000;
const BEGIN = 160; // characters of an item by which a person knows it again

export class Sitting {
  #at = 0; // which question of the item
  #ended = false;
  #panel = false; // whether the end's panel was asked for
  #timer = 0;
  #waits = true; // for the machine: the page was just opened
  /** @type {Map<string, () => void>} waiting for an item's undo to be stored, by external id */
  #undone = new Map();
  #held = ""; // the answer that waits for what is said beside it
  #recalls = 0; // how many of those; meanwhile nothing else comes on the screen

  /**
   * @param {object} parts
   * @param {any} parts.config from annotator/views/annotate.py
   * @param {import("./screen.js").Screen} parts.screen
   * @param {import("./outbox.js").Outbox} parts.outbox
   * @param {import("./deck.js").Deck} parts.deck
   * @param {import("./past.js").PastAnswers} parts.past
   * @param {import("./draft.js").Draft} parts.draft
   * @param {import("./clock.js").Clock} parts.clock runs while an item is looked at
   * @param {import("./clock.js").Clock} parts.waiting runs while the machine makes the person wait
   * @param {import("./others.js").Others} parts.others
   * @param {Pick<import("./beside.js").Beside, "open" | "said" | "asks" | "begin" | "close">} parts.beside
   * @param {() => void} parts.atEnd
   */
  constructor({ config, screen, outbox, deck, past, draft, clock, waiting, others, beside, atEnd }) {
    Object.assign(this, { config, screen, outbox, deck, past, draft, clock, waiting, beside, atEnd });
    this.judging = new Judging({ others, said: (one) => this.said(one) });
    this.answered = config.answered;
    this.waited = 0; // milliseconds until what is on the screen was there
    this.waiting.start(0);
    this.#markLast();
  }

  /** @param {string} answer as on its button: yes, no, a, b, tie, both_bad or skip */
  answer(answer) {
    const item = this.deck.current;
    if (!item) return;
    if (this.judging.open) {
      if (this.judging.shown) this.#decide(answer);
      return;
    }
    const stored = asStored(answer, item.swapped);
    if (this.beside.open && stored === this.#held) this.goOnBeside();
    else if (!this.beside.open && this.beside.asks(stored)) this.#askBeside(item, stored);
    else this.#answer(item, stored);
  }

  #answer(item, stored) {
    this.#leaveBeside();
    this.#give(item, item.questions[this.#at], stored);
    if (this.config.adjudicates && stored !== "skip") this.judging.begin(this.past.last);
    else this.#goOn();
  }

  #askBeside(item, stored) {
    this.#held = stored;
    this.screen.enable(true);
    this.beside.begin(item.typed?.beside ?? this.draft.of(item.external_id).beside);
  }

  /** What is said beside the answer is said: it goes on its way with that. */
  goOnBeside() {
    const item = this.deck.current;
    if (!item || !this.beside.open) return;
    item.typed = { ...this.screen.typed, beside: this.beside.said };
    this.#answer(item, this.#held);
  }

  /** The item is there as before, and what was said is kept for the next try. */
  backFromBeside() {
    this.#keepTyped();
    this.typing();
    this.#leaveBeside();
  }

  #leaveBeside() {
    this.#held = "";
    this.beside.close();
  }

  /** Others' answers were shown: mine stands. @returns {boolean} whether there was something to keep */
  keep() {
    const mine = this.judging.open;
    if (mine) this.#decide(asShown(mine.answer, mine.swapped));
    return mine !== null;
  }

  /** Take an answer back: the newest, or the one named, with what rests on it. @param {Past} [which] */
  async undo(which = this.past.last) {
    if (!which) return;
    this.judging.end();
    this.#keepTyped();
    this.#leaveBeside();
    for (const later of this.past.after(which)) this.#takeBack(later);
    const past = this.#takeBack(which);
    this.#markLast();
    if (past.item) this.#showAgain(past.item, past);
    else await this.#recall(past);
  }

  /** Take all skips back; the first skipped is shown first. */
  async lookAtSkipped() {
    for (const past of this.past.skipped.reverse()) await this.undo(past);
  }

  typing() {
    if (this.deck.current) this.draft.keep(this.deck.current.external_id, this.#typed);
  }

  /** The deck has news: items, an end, or trouble. */
  dealt() {
    for (const item of this.deck.ahead) {
      this.#forget(item);
      idle(() => this.screen.prepare(item));
    }
    this.#markLast();
    if (this.deck.current || this.#recalls > 0) return;
    if (this.deck.ahead.length > 0) this.#next();
    else this.paint();
  }

  /** The outbox's word that an answer is stored, and the server's on what became of it. */
  stored(entry, result) {
    if (entry.body.answer === "undo") this.#undone.get(entry.item)?.();
    if (result.state === "surplus") this.screen.tell(this.config.texts.surplus);
    const past = this.past.find(entry.item, entry.body.question);
    if (past && result.revealed?.left !== undefined) this.past.reveal(past, result.revealed);
    if (entry.body.answer === "undo" || !past || past !== this.judging.open) return;
    if (this.judging.show(result.revealed)) this.clock.seen();
    else this.#goOn();
  }

  /** Nothing is unsent any more: the end may be the end now. */
  allSaved() {
    this.deck.arrived();
    this.#reachEnd();
  }

  #reachEnd() {
    if (!this.#ended || !this.#over || this.#panel) return;
    this.#panel = true;
    this.atEnd();
  }

  paint() {
    const item = this.deck.current;
    clearTimeout(this.#timer);
    this.#ended = !item && this.deck.why !== null;
    if (item) this.#paintItem(item);
    else if (this.#ended) this.#paintEnd(this.deck.why);
    else if (this.deck.trouble) this.screen.finish(troubleOf(this.deck, this.config.texts));
    else this.screen.waiting(this.config.texts.fetching);
    this.#keepWaiting(!item && !this.#ended);
  }

  /** @param {boolean} on whether the person can do nothing until the machine has an item */
  #keepWaiting(on) {
    if (on && !this.#waits) this.waiting.start();
    this.#waits = on;
  }

  /** @param {Item} item @param {import("./chain.js").Question} question @param {string} answer as it is stored */
  #give(item, question, answer) {
    const { lease, external_id, swapped } = item;
    const typed = { ...this.screen.typed, beside: this.beside.asks(answer) ? (item.typed?.beside ?? null) : null };
    const times = { ms: this.clock.ms, wait_ms: this.waited };
    const sent = { ...typed, marks: answer === "skip" ? undefined : typed.marks, beside: typed.beside ?? undefined }; // they belong to an answer
    this.#send(item, question.key, { answer, question_version: question.version, ...times, ...sent });
    if (answer !== "skip") item.done[question.key] = answer;
    const ends = answer === "skip" || nextQuestion(item.questions, item.done) < 0;
    const counts = ends || this.config.byPass;
    const begin = this.screen.beginOf(item, BEGIN);
    document.querySelector(".label-notes")?.removeAttribute("open"); // they were read
    this.past.push({ item, lease, external_id, swapped, question: question.key, answer, counts, begin, ...typed });
    if (counts) this.answered += 1;
    if (counts) this.deck.finished(question.key);
    this.draft.keep(external_id, NOTHING);
    item.typed = undefined;
    this.#markLast();
  }

  /** My answer stands, or another takes its place; a note written meanwhile goes with it. */
  #decide(answer) {
    const item = this.deck.current;
    const mine = this.judging.open;
    if (!this.judging.keeps(answer, this.screen.typed)) {
      const question = item.questions[this.#at];
      this.#takeBack(mine);
      this.#give(item, question, asStored(answer, item.swapped));
    }
    this.draft.keep(item.external_id, NOTHING);
    this.#goOn();
  }

  #goOn() {
    this.judging.end();
    if (this.past.last.counts) {
      this.#next();
    } else {
      this.#at = nextQuestion(this.deck.current.questions, this.deck.current.done);
      this.paint();
    }
  }

  #send(item, question, body) {
    const { lease, external_id } = item;
    const said = this.said({ ...item, ...body });
    this.outbox.add({ queue: this.config.queue, item: external_id, said, body: { lease, question, ...body } });
  }

  /** An answer in words. @param {{answer: string, swapped?: boolean} | null} past @returns {string} */
  said(past) {
    if (!past) return "";
    return this.config.texts[asShown(past.answer, past.swapped)] ?? past.answer;
  }

  #markLast() {
    this.screen.mark(this.said(this.past.last), this.past.last?.answer);
  }

  #next() {
    this.deck.next();
    const item = this.deck.current;
    // A chain may be half answered, before a reload or by the same person elsewhere.
    this.#at = item ? Math.max(nextQuestion(item.questions, item.done), 0) : 0;
    this.paint();
  }

  /** What was said on it and is asked again is no answer any more. @param {Item} item */
  #forget(item) {
    this.answered -= this.past.askedAgain(item).filter((past) => past.counts).length;
  }

  /** @param {Past} past @returns {Past} */
  #takeBack(past) {
    this.past.take(past);
    this.deck.reopen(past.external_id, past.question);
    if (past.item) delete past.item.done[past.question];
    if (past.counts || past.answer === "skip") this.answered -= 1;
    this.#send(past, past.question, { answer: "undo" });
    return past;
  }

  #showAgain(item, { question, note, flagged, marks, beside }) {
    this.deck.show(item);
    item.typed = { note, flagged, marks, beside };
    this.draft.keep(item.external_id, item.typed); // the answer that had it is taken back
    this.#at = Math.max(item.questions.findIndex((one) => one.key === question), 0);
    this.paint();
  }

  /** The text is gone since the reload: the server hands the item out again once the undo is stored. */
  async #recall(past) {
    this.#recalls += 1;
    this.deck.setAside();
    this.screen.waiting(this.config.texts.fetching);
    this.#keepWaiting(true);
    await new Promise((resolve) => {
      this.#undone.set(past.external_id, () => resolve(undefined));
      setTimeout(resolve, PATIENCE);
    });
    this.#undone.delete(past.external_id);
    try {
      await this.deck.fill({ now: true, more: true });
    } finally {
      this.#recalls -= 1; // also when the browser's store fails: the screen goes on
    }
    const item = this.deck.ahead.find((one) => one.external_id === past.external_id);
    if (item) this.#showAgain(item, past);
    else if (!this.deck.current) this.dealt();
  }

  #keepTyped() {
    if (this.deck.current) this.deck.current.typed = this.#typed;
  }

  /** What is typed on the item, also beside an answer that was not given yet. */
  get #typed() {
    const { open, said } = this.beside;
    const before = this.deck.current.typed?.beside ?? this.draft.of(this.deck.current.external_id).beside;
    return { ...this.screen.typed, beside: open ? said : before };
  }

  get #over() {
    return ["done", "answered"].includes(this.deck.why?.code);
  }

  #paintItem(item) {
    this.waited = this.#waits ? this.waiting.ms : 0;
    this.#panel = false;
    const typed = item.typed ?? this.draft.of(item.external_id);
    const chain = placeInChain(item.questions, item.done, this.#at);
    this.screen.show(item, { question: item.questions[this.#at], chain, progress: this.#progress(), ...typed });
    this.clock.start();
  }

  /** @returns {{position: number, total: string}} total: empty where nobody knows it */
  #progress() {
    const position = this.answered + 1;
    const { more, total, byPass } = this.config;
    if (byPass) return { position, total: "" };
    return { position, total: more ? `${total}+` : String(Math.max(total, position)) };
  }

  #paintEnd(why) {
    const end = endOf(why, this.config.texts, this.past.skipped.length);
    this.screen.finish(end);
    const pause = why.code === "busy" ? SOON : LATER;
    if (!end.full) this.#timer = setTimeout(() => this.deck.fill({ now: true }), pause);
    this.outbox.empty().then((empty) => empty && this.#reachEnd());
  }
}

const idle = (work) => (window.requestIdleCallback ?? setTimeout)(work);

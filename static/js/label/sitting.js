/**
 * One person's sitting before a queue: what is on the screen, what was answered, what comes next.
 */

/** @typedef {import("./past.js").Past} Past */

const SOON = 1_000;
const LATER = 20_000;
const PATIENCE = 8_000;

export class Sitting {
  #at = 0; // which question of the item
  #ended = false;
  #panel = false; // whether the end's panel was asked for
  #timer = 0;
  /** @type {Map<string, () => void>} waiting for an item's undo to be stored, by external id */
  #undone = new Map();
  #recalls = 0; // how many of those; meanwhile nothing else comes on the screen

  constructor({ config, screen, outbox, deck, past, draft, clock, atEnd }) {
    Object.assign(this, { config, screen, outbox, deck, past, draft, clock, atEnd });
    this.answered = config.answered;
    this.screen.mark(past.last?.answer ?? "");
  }

  /** @param {"yes" | "no" | "skip"} answer */
  answer(answer) {
    const item = this.deck.current;
    if (!item) return;
    const question = item.questions[this.#at];
    const typed = this.#typed();
    this.#send(item, question, { answer, question_version: question.version, ms: this.clock.ms, ...typed });
    const { lease, external_id } = item;
    this.past.push({ item, lease, external_id, at: this.#at, question: question.key, answer, ...typed });
    this.draft.keep(external_id, { note: "", flagged: false });
    item.typed = undefined;
    this.#at += 1;
    if (answer === "skip" || this.#at >= item.questions.length) this.#advance();
    else this.paint();
    this.screen.mark(answer);
  }

  /** Take an answer back: the newest, or the one named. @param {Past} [which] */
  async undo(which = this.past.last) {
    const past = which && this.past.take(which);
    if (!past) return;
    this.#keepTyped();
    this.deck.reopen(past.external_id);
    this.#send(past, { key: past.question }, { answer: "undo" });
    this.screen.mark(this.past.last?.answer ?? "");
    if (past.at + 1 >= (past.item?.questions.length ?? 1) || past.answer === "skip") this.answered -= 1;
    if (past.item) this.#showAgain(past.item, past);
    else await this.#recall(past);
  }

  /** Take all skips back; the first skipped is shown first. */
  async lookAtSkipped() {
    for (const past of this.past.skipped.reverse()) await this.undo(past);
  }

  typing() {
    if (this.deck.current) this.draft.keep(this.deck.current.external_id, this.#typed());
  }

  /** The deck has news: items, an end, or trouble. */
  dealt() {
    for (const item of this.deck.ahead) idle(() => this.screen.prepare(item));
    if (this.deck.current || this.#recalls > 0) return;
    if (this.deck.ahead.length > 0) this.#advance({ counts: false });
    else this.paint();
  }

  /** The outbox's word that an answer is stored, and the server's on what became of it. */
  stored(entry, result) {
    if (entry.body.answer === "undo") this.#undone.get(entry.item)?.();
    if (result.state === "surplus") this.screen.tell(this.config.texts.surplus);
  }

  /** Nothing is unsent any more: the end may be the end now. */
  allSaved() {
    if (!this.#ended) return;
    if (this.deck.why?.code === "in_hand") this.deck.fill({ now: true });
    else if (this.#over && !this.#panel) {
      this.#panel = true;
      this.atEnd();
    }
  }

  paint() {
    const item = this.deck.current;
    clearTimeout(this.#timer);
    this.#ended = !item && this.deck.why !== null;
    if (item) this.#paintItem(item);
    else if (this.#ended) this.#paintEnd(this.deck.why);
    else if (this.deck.trouble) this.#paintTrouble();
    else this.screen.waiting(this.config.texts.fetching);
  }

  #send(item, question, body) {
    const { lease, external_id } = item;
    const whole = { lease, question: question.key, ...body };
    this.outbox.add({ queue: this.config.queue, item: external_id, body: whole });
  }

  #advance({ counts = true } = {}) {
    if (counts) {
      this.answered += 1;
      this.deck.finished();
    }
    this.deck.next();
    this.#at = this.#firstOpen();
    this.paint();
  }

  /** A chain may be half answered, before a reload or by the same person elsewhere. */
  #firstOpen() {
    const item = this.deck.current;
    const open = item?.questions.findIndex((question) => !item.done[question.key]) ?? 0;
    return Math.max(open, 0);
  }

  #showAgain(item, { at, note, flagged }) {
    this.deck.show(item);
    item.typed = { note, flagged };
    this.#at = at;
    this.paint();
  }

  /** The text is gone since the reload: the server hands the item out again once the undo is stored. */
  async #recall(past) {
    this.#recalls += 1;
    this.deck.setAside();
    this.screen.waiting(this.config.texts.fetching);
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
    if (this.deck.current) this.deck.current.typed = this.#typed();
  }

  #typed() {
    return { note: this.screen.note.value.trim(), flagged: this.screen.flagged };
  }

  get #over() {
    return ["done", "answered"].includes(this.deck.why?.code);
  }

  #paintItem(item) {
    this.#panel = false;
    const typed = item.typed ?? this.draft.of(item.external_id);
    const position = this.answered + 1;
    const total = this.config.more ? `${this.config.total}+` : String(Math.max(this.config.total, position));
    this.screen.show(item, { question: item.questions[this.#at], position, total, ...typed });
    this.clock.start();
  }

  #paintEnd(why) {
    const { texts } = this.config;
    const skipped = this.past.skipped.length;
    const done = this.#over || why.code === "in_hand";
    const elsewhere = why.code === "other_tab";
    const offer = elsewhere ? "end-take-over" : done ? "" : "end-again";
    const text = why.code === "in_hand" ? texts.saving : why.text;
    const title = done ? texts.done : elsewhere ? texts.elsewhere : texts.nothing;
    this.screen.finish({ title, text, skipped, offer, full: done });
    const pause = why.code === "busy" ? SOON : LATER;
    if (!done) this.#timer = setTimeout(() => this.deck.fill({ now: true }), pause);
    this.outbox.empty().then((empty) => empty && this.allSaved());
  }

  #paintTrouble() {
    const { texts } = this.config;
    const { trouble, message } = this.deck;
    const known = { away: texts.cannotFetch, "signed-out": texts.signedOut, "somebody-else": texts.somebodyElse };
    const out = trouble === "signed-out" || trouble === "somebody-else";
    const offer = out ? "end-signin" : "end-again";
    this.screen.finish({ title: texts.stopped, text: known[trouble] ?? message, skipped: 0, offer });
  }
}

const idle = (work) => (window.requestIdleCallback ?? setTimeout)(work);

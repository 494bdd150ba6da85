/**
 * What the person sees: paints an item, the marks around it and the end of the queue.
 */

/** @typedef {import("./deck.js").Item} Item */

const part = (id) => document.getElementById(id);
const format = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const TOLD = 8_000; // milliseconds
const SPOKEN = 600; // characters of an output that a screen reader gets at once

export class Screen {
  /** @type {WeakMap<Item, HTMLElement>} */
  #made = new WeakMap();
  #telling = 0;

  /** @param {Record<string, string>} texts */
  constructor(texts) {
    this.texts = texts;
    this.stage = part("stage");
    this.note = /** @type {HTMLTextAreaElement} */ (part("note"));
    this.buttons = Object.fromEntries(
      [...document.querySelectorAll("[data-action]")].map((button) => [button.dataset.action, button]),
    );
    const bars = new ResizeObserver(() => this.#fit());
    for (const bar of ["head", "foot"]) bars.observe(part(bar));
  }

  /** Build an item's elements before they are needed. @param {Item} item */
  prepare(item) {
    let article = this.#made.get(item);
    if (!article) {
      article = build(item);
      this.#made.set(item, article);
    }
    return article;
  }

  /**
   * @param {Item} item
   * @param {{question: {key: string, text: string}, position: number, total: string, note: string, flagged: boolean}} how
   */
  show(item, { question, position, total, note, flagged }) {
    const article = this.prepare(item);
    const hadFocus = this.stage.contains(document.activeElement) || part("end").contains(document.activeElement);
    part("end").hidden = true;
    this.stage.hidden = false;
    if (article.parentElement !== this.stage) {
      this.stage.replaceChildren(article);
      window.scrollTo({ top: 0, behavior: "instant" });
      requestAnimationFrame(stick);
    }
    this.#ask(question);
    this.note.value = note;
    this.#flag(flagged);
    this.enable(true);
    if (hadFocus) article.focus({ preventScroll: true });
    this.#count(position, total);
    this.#say(article, question);
  }

  /** @param {boolean} on whether there is an item to answer */
  enable(on) {
    for (const action of ["yes", "no", "skip", "flag", "note"]) this.buttons[action].disabled = !on;
    this.note.disabled = !on;
  }

  /** Show what was answered last, with the way back. @param {string} answer empty: nothing to take back */
  mark(answer) {
    const { undo } = this.buttons;
    undo.disabled = answer === "";
    undo.dataset.answer = answer;
    part("last").textContent = answer ? format(this.texts.undoOf, { answer: this.texts[answer] }) : this.texts.undo;
    undo.getAnimations().forEach((animation) => animation.cancel());
    undo.classList.remove("label-fresh");
    if (answer) requestAnimationFrame(() => undo.classList.add("label-fresh"));
  }

  get flagged() {
    return this.buttons.flag.getAttribute("aria-pressed") === "true";
  }

  toggleFlag() {
    this.#flag(!this.flagged);
    say(this.flagged ? this.texts.flagged : this.texts.unflagged);
  }

  toggleGuideline() {
    const box = part("guideline");
    box.hidden = !box.hidden;
    part("guideline-open").setAttribute("aria-expanded", String(!box.hidden));
    if (!box.hidden) say(box.innerText);
  }

  closeGuideline() {
    const box = part("guideline");
    if (box.hidden) return;
    const hadFocus = box.contains(document.activeElement);
    this.toggleGuideline();
    if (hadFocus) part("guideline-open").focus({ preventScroll: true });
  }

  toggleHelp() {
    const dialog = /** @type {HTMLDialogElement} */ (part("help"));
    if (dialog.open) dialog.close();
    else dialog.showModal();
  }

  /**
   * No item on the screen: say why, and what can be done.
   * @param {{title: string, text: string, skipped: number, offer: string, full?: boolean}} end
   *   offer: id of a button to show; full: everything is done
   */
  finish({ title, text, skipped, offer, full = false }) {
    this.stage.hidden = true;
    this.stage.replaceChildren();
    this.enable(false);
    this.note.value = "";
    this.#flag(false);
    part("progress").textContent = "";
    if (full) part("bar").value = part("bar").max;
    part("end-title").textContent = title;
    part("end-text").textContent = text;
    for (const id of ["end-take-over", "end-again", "end-signin"]) part(id).hidden = id !== offer;
    part("end-skipped").hidden = skipped === 0;
    part("end-skipped").textContent = format(this.texts.lookAgain, { n: skipped });
    const fresh = part("end").hidden;
    part("end").hidden = false;
    if (fresh) part("end").focus({ preventScroll: true });
    say(`${title} ${text}`);
  }

  /** Nothing to show yet and nothing known: wait. */
  waiting(text) {
    this.stage.hidden = false;
    part("end").hidden = true;
    this.enable(false);
    const wait = document.createElement("p");
    wait.className = "label-wait soft";
    wait.textContent = text;
    this.stage.replaceChildren(wait);
  }

  /** @param {import("./outbox.js").State} state */
  saved({ unsent, refused, trouble, safe }) {
    const saved = part("saved");
    const open = unsent + refused.length;
    saved.textContent = open === 0 ? this.texts.saved : format(this.texts.unsent, { n: open });
    saved.dataset.state = open === 0 ? "saved" : trouble || refused.length ? "trouble" : "sending";
    if (refused.length > 0) {
      const [{ refused: why, body, item }] = refused;
      const answer = this.texts[body.answer] ?? body.answer;
      this.#trouble(format(this.texts.refused, { n: refused.length, answer, item, why: why.message }), ["retry", "discard"]);
    } else if (trouble === "signed-out" || trouble === "somebody-else") {
      this.#trouble(format(this.texts[trouble], { n: unsent }), ["signin", "retry"]);
    } else if (trouble === "away" && unsent > 0) {
      this.#trouble(format(safe ? this.texts.away : this.texts.awayUnsafe, { n: unsent }), ["retry"]);
    } else {
      this.#trouble(safe ? "" : this.texts.unsafe, []);
    }
  }

  /** Something to know for a few seconds; nothing is asked. @param {string} text */
  tell(text) {
    clearTimeout(this.#telling);
    part("told").textContent = text;
    part("told").hidden = text === "";
    if (text) this.#telling = setTimeout(() => this.tell(""), TOLD);
  }

  /** The bars grow with a guideline or a note: the texts keep clear of them. */
  #fit() {
    const { style } = document.documentElement;
    for (const bar of ["head", "foot"]) style.setProperty(`--label-${bar}`, `${part(bar).offsetHeight}px`);
    stick();
  }

  #trouble(text, choices) {
    const box = part("trouble");
    if (box.hidden !== (text === "")) box.hidden = text === "";
    if (part("trouble-text").textContent !== text) part("trouble-text").textContent = text;
    for (const choice of box.querySelectorAll("[data-do]")) choice.hidden = !choices.includes(choice.dataset.do);
  }

  #ask(question) {
    const heading = part("question");
    if (heading.textContent !== question.text) heading.textContent = question.text;
    for (const one of document.querySelectorAll("[data-guideline]")) one.hidden = one.dataset.guideline !== question.key;
  }

  #flag(on) {
    this.buttons.flag.setAttribute("aria-pressed", String(on));
  }

  #count(position, total) {
    part("progress").textContent = format(this.texts.progress, { n: position, total });
    part("bar").value = position - 1;
  }

  #say(article, question) {
    const output = article.querySelector("[data-part=output]").textContent.trim().replace(/\s+/g, " ");
    const start = output.length > SPOKEN ? `${output.slice(0, SPOKEN)}…` : output;
    say([part("progress").textContent, question.text, start].join(". "));
  }
}

/** To those who listen; the same again is not said again. */
function say(text) {
  if (part("live").textContent !== text) part("live").textContent = text;
}

/** An output that fits stays in sight beside a long input; a longer one scrolls with the page. */
function stick() {
  const output = document.querySelector("#stage .label-output");
  if (!output) return;
  const room = window.innerHeight - part("head").offsetHeight - part("foot").offsetHeight;
  output.classList.toggle("label-sticks", output.offsetHeight < room);
}

/** @param {Item} item @returns {HTMLElement} */
function build(item) {
  const template = /** @type {HTMLTemplateElement} */ (part("item-template"));
  const article = /** @type {HTMLElement} */ (template.content.firstElementChild.cloneNode(true));
  for (const name of ["input", "output", "context"]) {
    const place = article.querySelector(`[data-part=${name}]`);
    // The server's rendering of untrusted text, safe by construction; raw payloads never come here.
    place.innerHTML = item.html[name] ?? "";
    if (name !== "output" && !place.hasChildNodes()) place.parentElement.remove();
  }
  return article;
}

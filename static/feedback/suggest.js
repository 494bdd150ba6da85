/**
 * `<genba-suggest>`: a suggested value beside a field, and what the person makes of it.
 *
 * Around a field of the page it only ever writes there what the person chose; without one it is
 * a field of the form itself.
 */

import { ask, fetchJson } from "./asking.js";
import { distance } from "./distance.js";
import { Field } from "./field.js";
import { shown, ValueList } from "./list.js";
import { GLANCE, h, Part } from "./part.js";
import { indexed, search } from "./search.js";
import { watch } from "./sight.js";

const ALTERNATIVES = 5;
const ATTRIBUTES = ["value", "token", "confidence", "alternatives"];

/** Nothing where nobody knows one, whatever a template writes for that. */
const percent = (one) => {
  const part = parseFloat(one?.confidence);
  return part >= 0 ? `${Math.round(part * 100)}%` : "";
};

export class GenbaSuggest extends Part {
  static formAssociated = true;
  static observedAttributes = ATTRIBUTES;

  #internals = this.attachInternals();
  #one; // the suggestion at hand, and what was said about it
  #options; // given by the page
  #index; // of all values, for the search
  #field;
  #search = h("input", { part: "search", autocomplete: "off" }); // beside a select, or the field itself
  #row = h("div", { className: "row", part: "suggestion", role: "group" });
  #status = h("span", { className: "said", role: "status" });
  #pop;
  #list;
  #busy; // we change the field ourselves
  #inView;
  #timer;

  // --- what the page may set ---

  /** The API's answer as it is. Null: none. */
  set suggestion(given) {
    this.#one = given && { ...given, said: "" };
    this.#draw();
  }

  /** @param {string[]} values all there are, when the field itself does not hold them */
  set options(values) {
    this.#options = values;
    this.#index = null;
    this.#draw();
  }

  /** What the form posts, in the taxonomy's words. */
  get final() {
    return this.#field.value;
  }

  set final(value) {
    this.#busy = true;
    this.#field.value = value;
    this.#busy = false;
    this.#changed();
  }

  /** How a suggestion is asked for, where `src` is set; a page may put its own way here. */
  ask(input) {
    const headers = { "Content-Type": "application/json" };
    return fetchJson(this.getAttribute("src"), { method: "POST", headers, body: JSON.stringify({ input }) });
  }

  focus() {
    this.#field.element.focus();
  }

  // --- coming and going ---

  connectedCallback() {
    super.connectedCallback();
    const changes = new MutationObserver(() => {
      this.#index = null;
      if (Field.in(this) !== this.#wrapped) this.render();
    });
    changes.observe(this, { childList: true, subtree: true });
    this.on(document, "submit", ({ target }) => target === (this.#field.element.form ?? this.#internals.form) && this.#conclude(true), true);
    this.on(this, "input", (event) => this.#typed(event));
    this.on(this, "keydown", (event) => this.#key(event));
    this.on(this, "click", (event) => this.#wrapped || event.composedPath()[0] !== this || this.focus()); // its label
    this.on(this, "focusin", () => this.#load());
    this.on(this, "focusout", (event) => this.contains(event.relatedTarget) || this.#close());
    watch(this.#row, (seen) => this.#glance((this.#inView = seen)), this.ends);
    if (this.hasAttribute("src")) ask(this);
  }

  attributeChangedCallback() {
    const [value, token, confidence, others] = ATTRIBUTES.map((name) => this.getAttribute(name));
    const alternatives = others?.split("|").filter(Boolean).map((one) => ({ value: one }));
    this.suggestion = { value, token, confidence, alternatives };
  }

  formResetCallback() {
    if (this.#wrapped) this.#changed();
    else this.final = "";
    if (this.#one) this.#one.settled = true; // what stands there now is nobody's choice
  }

  end() {
    this.#conclude();
  }

  // --- the field ---

  get #wrapped() {
    const { element } = this.#field;
    return element === this.#search ? null : element;
  }

  get #values() {
    return this.#options ?? this.#field.values;
  }

  get #free() {
    return !this.#values.length;
  }

  #knows = ({ value }) => this.#free || this.#values.includes(value);

  #changed() {
    const { value } = this.#field;
    if (!this.#wrapped) {
      this.#search.required = this.hasAttribute("required");
      this.#internals.setFormValue(this.#knows({ value }) ? value : "");
      this.#internals.setValidity(this.#search.validity, this.#search.validationMessage, this.#search);
    }
    for (const one of this.#row.querySelectorAll("[value]")) {
      one.ariaPressed = one.value ? one.value === value : this.#one.said === "rejected";
    }
  }

  #typed(event) {
    const box = event.composedPath()[0];
    if (box === this.#search && this.#wrapped) return this.#find(box, box.value);
    if (box !== this.#field.element || this.#busy) return;
    if (this.#one) this.#one.settled = false;
    if (this.#field.typed) this.#find(box, box.value);
    this.#changed();
  }

  // --- the shadow ---

  render() {
    const element = Field.in(this);
    const name = this.text("search");
    this.#field = new Field(element ?? this.#search);
    const typed = element && this.#field.typed;
    if (element?.list) {
      this.#options ??= this.#field.values;
      element.removeAttribute("list"); // one list is enough
    }
    const label = [...this.#internals.labels].map((one) => one.innerText).join(" ");
    this.#search.ariaLabel = (!element && (this.ariaLabel || label)) || name;
    this.#list = new ValueList(typed ? null : this.#search, (value) => this.#picked(value), (text) => this.#say(text), name);
    this.#pop = h("div", element && { className: "pop", hidden: true }, this.#search, this.#list.element);
    this.#row.ariaLabel = this.text("suggestion");
    this.shadowRoot.replaceChildren(h("slot"), h("div", { className: "box" }, typed ? this.#list.element : this.#pop), this.#row, this.#status);
    this.#draw();
  }

  /** The suggestion, as far as it may be shown. */
  get #usable() {
    const one = this.#one;
    return one?.value && this.#knows(one) && !this.#field.element.matches(":disabled, :read-only:not(select)") ? one : null;
  }

  #draw() {
    if (!this.#field) return;
    const one = this.#usable;
    const parts = one ? this.#offer(one) : [];
    if (!this.#field.typed && !this.#free) parts.push(this.button("search", () => this.#openSearch()));
    this.#row.replaceChildren(...parts);
    this.#row.hidden = !parts[0] && !this.hasAttribute("src"); // nothing jumps when one comes
    this.#changed();
    this.#glance();
  }

  #offer(one) {
    const all = [one, ...(one.alternatives ?? []).filter(this.#knows).slice(0, ALTERNATIVES)];
    const made = all.map((choice, n) => {
      const title = shown(choice.value);
      const name = n ? title.split(" › ").slice(-2).join(" › ") : title;
      const spoken = h("span", { className: "said" }, `${this.text("accept")}: ${title.slice(0, -name.length)}`);
      const label = h("span", { className: "value" }, spoken, name);
      const choose = () => this.#choose(choice.value);
      return this.button(n ? "alternative" : "accept", choose, { value: choice.value, title }, label, h("small", {}, percent(choice)), n || this.hasAttribute("no-key") ? "" : h("kbd", { part: "key" }, "Alt+Enter"));
    });
    if (!one.sent) this.#say([...made[0].children].slice(1).map((part) => part.textContent).join(" "));
    return [...made, this.button("reject", () => this.#reject(), { value: "" })];
  }

  #say(text) {
    this.#status.textContent = text;
  }

  // --- the list ---

  #find(box, query) {
    if (this.#free) return;
    const known = this.#usable ? [this.#one, ...(this.#one.alternatives ?? [])].filter(this.#knows) : [];
    const found = search((this.#index ??= indexed(this.#values)), query);
    const first = query ? [] : known.map(({ value }) => value);
    const beside = (value) => percent(known.find((one) => one.value === value));
    this.#list.show([...new Set([...first, ...found])], beside, query && box === this.#search);
    this.#say(`${this.text("results")}: ${found.length}`);
  }

  #openSearch() {
    this.#pop.hidden = false;
    this.#search.value = "";
    this.#search.focus();
    this.#find(this.#search, "");
  }

  #close() {
    this.#list.close();
    if (!this.#field.typed) this.#pop.hidden = true;
    if (!this.#wrapped && !this.#knows(this.#field)) this.final = ""; // typed, but no value
  }

  #picked(value) {
    this.focus();
    this.#close();
    this.#choose(value);
  }

  #key(event) {
    const { key } = event;
    const box = event.composedPath()[0];
    const own = box === this.#search;
    if (event.defaultPrevented || event.isComposing || !(own || box === this.#field.element)) return;
    const one = this.#usable;
    if (event.altKey) {
      if (key !== "Enter" || !one || this.hasAttribute("no-key")) return;
      this.#choose(one.value);
    } else if (this.#list.key(key)) {
      // it was for the list
    } else if (key === "Escape" && own && this.#wrapped) this.focus(); // which closes the search
    else if (key === "ArrowDown" && box.matches("input") && !this.#free) this.#find(box, box.value);
    else if (key === "Enter" && own && !this.#wrapped) {
      this.#close(); // no text that is no value is posted, nor told
      this.#internals.form?.requestSubmit();
    } else return;
    event.preventDefault();
    event.stopPropagation(); // a dialog around us stays open
  }

  async #load() {
    const url = this.getAttribute("options-src");
    if (!url || this.#options) return;
    this.#options = [];
    this.options = await fetchJson(url); // null: the next focus tries again
  }

  // --- what the person says ---

  #glance() {
    const one = this.#usable;
    clearTimeout(this.#timer);
    if (!one || one.shown) return;
    one.since = performance.now();
    if (this.#inView) this.#timer = setTimeout(() => this.#seen(one), GLANCE);
  }

  #seen(one) {
    if (one.shown) return;
    one.shown = true;
    this.send("shown", {}, one.token);
  }

  #choose(value) {
    this.final = value;
    const one = this.#usable;
    if (one) this.#explicit(value === one.value ? "accepted" : "edited", value);
  }

  #reject() {
    if (this.final === this.#one.value) this.final = "";
    this.#explicit("rejected", this.final);
  }

  #explicit(kind, value) {
    this.#seen(this.#one); // nobody answers what they do not see
    this.#verdict(kind, value);
    this.#changed();
    this.#say(value && `✓ ${shown(value)}`);
  }

  /** What was not answered is read from the value at the end. */
  #conclude(submitted) {
    const one = this.#one;
    const { final } = this;
    if (!one || (!submitted && (one.settled || !one.shown)) || (!one.shown && !final)) return;
    const used = () => /ted$/.test(one.said) || (this.#free && distance(final, one.value) < Math.max(final.length, one.value.length) / 2);
    let kind = "ignored"; // who did not see it chose by themselves
    if (one.shown && final === one.value) kind = "accepted";
    else if (one.said === "rejected") kind = one.said;
    else if (one.shown && final && used()) kind = "edited";
    this.#verdict(kind, final);
  }

  #verdict(kind, final) {
    const one = this.#one;
    const sent = kind + final;
    one.settled = true;
    one.said = kind;
    if (one.sent === sent) return;
    one.sent = sent;
    const value = { value: final || undefined, ms: one.shown && Math.round(performance.now() - one.since) };
    if (kind === "edited") value.suggested = one.value;
    if (kind === "edited" && this.#free) value.edit_distance = distance(one.value, final);
    this.send(kind, value, one.token);
    this.tell("verdict", { kind, suggested: one.value, id: one.id, ...value });
  }
}

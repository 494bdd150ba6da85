/**
 * `<genba-feedback>`: what a person says about an output, and what they do with it.
 */

import { distance } from "./distance.js";
import { GLANCE, h, Part } from "./part.js";
import { watch } from "./sight.js";

const ACTIONS = "thumbs comment correction copy"; // for the others a page must do something
const EDITORS = ["comment", "correction"];

export class GenbaFeedback extends Part {
  static observedAttributes = ["token", "actions"];

  #thumb;
  #acted; // did anything with this output
  #looked = 0; // milliseconds in view, without the look that is on
  #since = 0;
  #asked; // how long it had been in view when a new answer was asked for
  #mode; // of the editor
  #before; // the output before it was edited in place
  #after;
  #area = h("textarea", { part: "text", onkeydown: ({ key }) => key !== "Escape" || this.#close() });
  #editor;
  #bar;
  #status = h("span", { part: "state", role: "status" });

  /** The output as text. */
  get output() {
    return this.innerText.trim();
  }

  connectedCallback() {
    super.connectedCallback();
    this.on(this, "copy", (event) => this.#copied(event));
    this.on(this, "focusin", ({ target }) => target.isContentEditable && (this.#before ??= this.#after = this.output));
    this.on(this, "focusout", () => this.#edited());
    watch(this, (seen) => {
      this.#looked = this.#dwell;
      this.#since = seen && performance.now();
    }, this.ends);
  }

  attributeChangedCallback(name, old, now) {
    if (!this.#bar || old === now) return;
    if (name === "token" && old) this.end(old);
    this.render();
  }

  /**
   * Another answer stands here now, of an interaction of its own.
   * @param {{token: string, interaction?: string}} answer interaction: its external id
   */
  replace({ token, interaction }) {
    this.#act("regenerated", { new: interaction, dwell_ms: this.#asked ?? this.#dwell });
    this.#asked = null;
    this.setAttribute("token", token ?? "");
  }

  render() {
    const names = (this.getAttribute("actions") ?? ACTIONS).replace("thumbs", "up down").split(" ");
    const buttons = names.filter((name) => this.#does[name]).map((name) => this.button(name, () => this.#does[name](name)));
    const answers = [this.button("send", () => this.#submit()), this.button("cancel", () => this.#close())];
    this.#editor = h("div", { part: "editor", hidden: true }, this.#area, h("div", { className: "row" }, ...answers));
    this.#bar = h("div", { className: "row", part: "bar", role: "group", ariaLabel: this.text("feedback") }, ...buttons, this.#status, this.#editor);
    this.shadowRoot.replaceChildren(h("slot"), this.#bar);
    this.#mode = "";
    this.#press();
  }

  // --- said ---

  #act(kind, value) {
    this.#acted = true;
    this.send(kind, value);
    this.#press();
  }

  #part(name) {
    return this.#bar.querySelector(`[part=${name}]`) ?? {};
  }

  #press() {
    for (const thumb of ["up", "down"]) this.#part(thumb).ariaPressed = thumb === this.#thumb;
    for (const mode of EDITORS) this.#part(mode).ariaExpanded = mode === this.#mode;
  }

  #thank() {
    this.#status.textContent = this.text("thanks");
  }

  #vote = (thumb) => {
    if (this.#thumb === thumb) return;
    this.#thumb = thumb;
    this.#act(`thumbs_${thumb}`);
    this.#thank();
  };

  #open = (mode) => {
    if (this.#mode === mode) return this.#close();
    this.#mode = mode;
    this.#area.value = mode === "comment" ? "" : this.output;
    this.#area.ariaLabel = this.text(mode);
    this.#editor.hidden = false;
    this.#area.focus();
    this.#press();
  };

  #does = {
    up: this.#vote,
    down: this.#vote,
    comment: this.#open,
    correction: this.#open,
    regenerate: () => this.#regenerate(),
    copy: () => this.#copy(),
    download: () => this.#act("downloaded", {}, this.tell("download", { text: this.output })),
  };

  #close() {
    this.#part(this.#mode).focus();
    this.#mode = "";
    this.#editor.hidden = true;
    this.#press();
  }

  #submit() {
    const mode = this.#mode;
    const text = this.#area.value.trim();
    this.#close();
    if (!text || text === this.output) return;
    this.#act(mode, { text });
    this.tell(mode, { text });
    this.#thank();
  }

  // --- done ---

  #regenerate() {
    let answer;
    this.#asked = this.#dwell;
    this.tell("regenerate", { dwell_ms: this.#asked, respondWith: (given) => (answer = given) });
    if (!answer) return;
    this.#part("regenerate").disabled = true;
    Promise.resolve(answer).then((given) => this.replace(given)).catch(() => {}).then(() => this.render());
  }

  /** Our button selects all and copies it: the page's own event is counted. */
  #copy() {
    const all = getSelection();
    const { output } = this;
    all.selectAllChildren(this);
    if (`${all}`) {
      document.execCommand("copy");
      this.#thank();
    } else { // it can be edited: browsers select nothing of that from outside
      const done = () => this.#thank(this.#act("copied", { characters: output.length }));
      navigator.clipboard?.writeText(output).then(done).catch(() => {});
    }
  }

  #copied(event) {
    const characters = `${getSelection()}`.length;
    const ours = event.composedPath()[0].getRootNode() === this.shadowRoot; // out of our own editor
    if (characters && !ours) this.#act("copied", { characters });
  }

  #edited() {
    const text = this.output;
    if (this.#before == null || text === this.#after || !this.isConnected) return; // gone, its text is another
    this.#after = text;
    this.#act("edited_in_place", { text, edit_distance: distance(this.#before, text) });
  }

  // --- seen ---

  get #dwell() {
    return Math.round(this.#looked + (this.#since && performance.now() - this.#since));
  }

  /** Once for each interaction: how long it was in view, and whether nothing else came of it. */
  end(token) {
    const send = (kind, dwell_ms) => this.send(kind, { dwell_ms }, token);
    const dwell = this.#dwell;
    if (!token) this.#edited(); // else another text stands here by now
    if (this.#asked != null) send("regenerated", this.#asked);
    else if (dwell >= GLANCE && !this.#acted) send("left", dwell);
    if (dwell >= GLANCE) send("viewed", dwell);
    this.#looked = 0;
    this.#since &&= performance.now();
    this.#acted = this.#asked = this.#thumb = this.#before = this.#after = null;
  }
}

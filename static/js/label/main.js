/**
 * The labeling screen: joins deck, screen, keys and outbox.
 */

import "../confirm.js";
import "../drafts.js";
import "../menu.js";
import "../signed_out.js";
import { AlikeItems } from "./alike.js";
import { Beside, NOTHING_BESIDE } from "./beside.js";
import { Clock } from "./clock.js";
import { Deck, holderName } from "./deck.js";
import { Draft } from "./draft.js";
import { History } from "./history.js";
import { KeyChoice } from "./keychoice.js";
import { Keymap } from "./keymap.js";
import { KEYS, listen, writeKeys } from "./keys.js";
import { Marking, NO_MARKING } from "./marking.js";
import { Others } from "./others.js";
import { newKey, Outbox } from "./outbox.js";
import { PairView } from "./pair.js";
import { PastAnswers } from "./past.js";
import { part } from "./page.js";
import { showSaved } from "./saved.js";
import { Screen } from "./screen.js";
import { Server } from "./server.js";
import { SingleView } from "./single.js";
import { Sitting } from "./sitting.js";
import { askBeforeSigningOut } from "./signout.js";
import { openStore } from "./store.js";

const config = JSON.parse(part("label-config").textContent);
const { texts } = config;
const isPair = config.kind === "pairwise";
const view = isPair ? new PairView(texts) : new SingleView();
const marking = config.marks
  ? new Marking(config.defectKinds, texts, { changed: () => sitting?.typing(), tell: (text) => screen.tell(text) })
  : NO_MARKING;
const screen = new Screen(texts, { view, marking, alike: new AlikeItems(config.beside?.alike ?? "") });
const server = new Server(config);
const holder = await holderName(newKey);

/** @type {Sitting | undefined} news may come before it is there */
let sitting;
let state = { unsent: 0, refused: [], trouble: "", safe: true };
const outbox = new Outbox({
  store: await openStore(),
  server,
  url: config.urls.labels,
  holder,
  changed: (now) => {
    state = now;
    showSaved(state, texts);
    askBeforeSigningOut(state.unsent + state.refused.length, texts.signout);
    if (state.unsent === 0) sitting?.allSaved();
  },
  stored: (entry, result) => sitting?.stored(entry, result),
});
const deck = new Deck({
  server,
  urls: config.urls,
  holder,
  byPass: config.byPass,
  unsent: () => outbox.answered(config.queue),
  changed: () => sitting?.dealt(),
});
const name = `${config.user}:${config.queue}`;
config.answered += (await outbox.answered(config.queue)).size; // the server does not know of them yet
const underWay = new Set((await outbox.entries(config.queue)).map((entry) => entry.item));
const skipped = config.skipped.filter((past) => !underWay.has(past.external_id));
const clock = new Clock();
const past = new PastAnswers(name, skipped);
const beside = config.beside
  ? new Beside(config.beside, { done: () => sitting.goOnBeside(), back: () => sitting.backFromBeside(), changed: () => sitting.typing() })
  : NOTHING_BESIDE;
const others = new Others(texts, () => sitting.keep());
sitting = new Sitting({
  config, screen, outbox, deck, clock, past, others, beside, waiting: new Clock(), draft: new Draft(name), atEnd: loadPanel,
});
const keymap = new Keymap(KEYS[config.kind], KEYS, config.user);
const keyChoice = new KeyChoice(keymap, texts, () => writeKeys(document, keymap.keys));
const history = new History({
  past, keymap, texts,
  questions: config.questions,
  said: (one) => sitting.said(one),
  change: (one) => sitting.undo(one),
});

/** What a key or button does. A press that came before its item was seen is not an answer to it. */
const TOO_SOON = 40; // milliseconds: a bouncing key
const TOO_SOON_CLICK = 150;
const DOUBLE_CLICK = 400;

const unseen = (event, least) => event.timeStamp - clock.shownAt < least;
const answering = (answer) => (event, least) => void (unseen(event, least) || sitting.answer(answer));
const scrolling = (how) => () => view.scroll(how);
const startMarking = () => {
  if (isPair && view.differs) view.toggleDifferences(); // the texts themselves are marked
  if (matchMedia("(pointer: coarse)").matches) screen.tell(texts.selectToMark, { hint: true }); // a finger walks through no sentences
  else marking.toggle();
};
const actions = {
  ...Object.fromEntries([...(isPair ? ["a", "b", "tie", "both_bad"] : ["yes", "no"]), "skip"].map((one) => [one, answering(one)])),
  undo: () => void sitting.undo(),
  flag: () => void (deck.current && (screen.toggleFlag(), sitting.typing())),
  note: () => screen.note.focus({ preventScroll: true }), // what the note is about stays in sight
  guideline: () => screen.toggleGuideline(),
  history: () => history.toggle(),
  raw: () => screen.toggleRaw(deck.current),
  help: () => keyChoice.toggle(),
  close: () => screen.closeGuideline(),
  keep: (event, least) => (unseen(event, least) ? false : sitting.keep()),
};
if (config.marks) actions.mark = startMarking;
if (isPair) {
  for (const how of ["up", "down", "page", "back", "top", "bottom"]) actions[how] = scrolling(how);
  Object.assign(actions, {
    differences: () => view.toggleDifferences(),
    link: () => view.toggleLink(),
    input: () => view.toggleInput(),
  });
}
listen(actions, TOO_SOON, keymap);

for (const button of document.querySelectorAll("[data-action]")) {
  button.addEventListener("click", (event) => {
    actions[button.dataset.action](event, event.detail > 1 ? DOUBLE_CLICK : TOO_SOON_CLICK);
  });
}
for (const button of document.querySelectorAll("[data-tool]")) {
  button.addEventListener("click", (event) => actions[button.dataset.tool](event, 0));
}
document.addEventListener("keydown", (event) => {
  if (event.repeat && event.target.closest?.("button")) event.preventDefault(); // a held Enter is one click
});
screen.note.addEventListener("input", () => sitting.typing());
screen.note.addEventListener("keydown", (event) => {
  const leaves = event.key === "Escape" || (event.key === "Enter" && !event.shiftKey);
  if (!leaves || event.isComposing) return;
  event.preventDefault();
  event.stopPropagation(); // it means nothing more
  screen.note.blur();
});
part("end-skipped").addEventListener("click", () => sitting.lookAtSkipped());
part("end-take-over").addEventListener("click", () => deck.fill({ now: true, takeOver: true }));
part("end-again").addEventListener("click", () => deck.fill({ now: true }));
part("trouble").addEventListener("click", async (event) => {
  const choice = event.target.dataset.do;
  const [entry] = state.refused;
  if (choice === "retry") await (entry ? outbox.retry(entry) : outbox.hurry());
  if (choice === "discard" && entry) {
    deck.reopen(entry.item, entry.body.question);
    await outbox.discard(entry);
  }
});
window.addEventListener("beforeunload", (event) => {
  if (!state.safe && state.unsent > 0) event.preventDefault();
});
window.addEventListener("pageshow", (event) => event.persisted && location.reload());

setInterval(() => document.visibilityState === "visible" && deck.renew(), (config.leaseSeconds / 3) * 1000);
await deck.fill();
outbox.flush();
// A reload gives back and claims again: make sure that the giving back did not come last.
setTimeout(() => deck.renew(), 5_000);

/** The panel of the app that made the queue, e.g. the day's estimate. htmx comes only now. */
async function loadPanel() {
  const panel = part("end-panel");
  if (!panel) return;
  if (!window.htmx) await loadScript(config.urls.htmx);
  window.htmx.ajax("GET", panel.getAttribute("hx-get"), { target: panel, swap: "innerHTML" });
}

function loadScript(source) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    Object.assign(script, { src: source, onload: resolve, onerror: reject });
    document.head.append(script);
  });
}

/**
 * The quiet corner: what the widgets on this page said, and whether it arrived.
 */

const list = document.querySelector("#sent");
const count = document.querySelector("#count");
const lines = new Map();

document.addEventListener("genba:signal", ({ detail }) => {
  const [line, kind, value, state] = ["li", "b", "code", "small"].map((tag) => document.createElement(tag));
  kind.textContent = detail.kind;
  value.textContent = JSON.stringify(detail.value);
  state.textContent = "on its way";
  line.append(kind, value, state);
  list.prepend(line);
  lines.set(detail.event_id, state);
  count.value = lines.size;
});

document.addEventListener("genba:delivered", ({ detail: { status, events } }) => {
  const said = status === 0 ? "waits for Genba" : status < 300 ? "arrived" : `answered ${status}`;
  for (const { event_id } of events) {
    const state = lines.get(event_id);
    if (state) state.textContent = said;
  }
});

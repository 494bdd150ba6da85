/**
 * Sends unsent answers from a page that is not the labeling screen, and says what is left.
 */

import { Outbox } from "./outbox.js";
import { Server } from "./server.js";
import { askBeforeSigningOut } from "./signout.js";
import { openStore } from "./store.js";

/** @param {Record<string, string>} page user, csrf, session, labels and the words of unsent.js's tag */
export async function sendWhatIsLeft({ user, csrf, session, labels, words, refused, signout }) {
  const notice = document.createElement("p");
  const changed = (state) => {
    askBeforeSigningOut(state.unsent + state.refused.length, signout);
    const text = state.refused.length > 0 ? refused : words;
    notice.textContent = text.replace("{n}", String(state.refused.length || state.unsent));
    notice.className = "flash flash-warning";
    if (state.unsent + state.refused.length === 0) notice.remove();
    else if (state.refused.length > 0 || state.trouble) document.getElementById("messages")?.append(notice);
  };
  const outbox = new Outbox({ store: await openStore(), server: new Server({ user, csrf, session }), url: labels, changed });
  await outbox.flush();
}

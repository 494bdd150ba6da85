/**
 * Sends, from any page, the answers that a closed labeling screen left in this browser.
 */

import { mayHold } from "./label/flag.js";

const here = /** @type {HTMLScriptElement | null} */ (document.querySelector("script[data-unsent]"));
const user = here?.dataset.user ?? "";

if (here && user && mayHold(user)) {
  const { sendWhatIsLeft } = await import("./label/leftover.js");
  await sendWhatIsLeft({ user, ...here.dataset });
}

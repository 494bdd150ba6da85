/**
 * Genba's two elements for other people's pages: `<genba-suggest>` and `<genba-feedback>`.
 *
 * Nothing here may disturb the page around it: no error leaves this module, nothing waits for Genba.
 */

import { GenbaFeedback } from "./feedback.js";
import { GenbaSuggest } from "./suggest.js";

if (!customElements.get("genba-suggest")) { // the script may stand there twice
  customElements.define("genba-suggest", GenbaSuggest);
  customElements.define("genba-feedback", GenbaFeedback);
}

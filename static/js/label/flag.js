/**
 * A mark in localStorage that this browser may hold unsent answers of a person: pages look at
 * it before they load anything else.
 */

const NAME = "genba-unsent:";

/** @param {string} user @returns {boolean} */
export function mayHold(user) {
  try {
    return localStorage.getItem(NAME + user) !== null;
  } catch {
    return false;
  }
}

/** @param {string} user @param {boolean} on */
export function setFlag(user, on) {
  try {
    if (on) localStorage.setItem(NAME + user, "1");
    else localStorage.removeItem(NAME + user);
  } catch {
    // Without it the answers wait for the labeling screen.
  }
}

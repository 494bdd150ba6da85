/**
 * The half-typed note of the item on the screen, kept over a reload or a closed tab.
 */

export class Draft {
  /** @param {string} name tells person and queue apart */
  constructor(name) {
    this.name = `genba-draft:${name}`;
  }

  /** @param {string} item external id @param {{note: string, flagged: boolean}} typed */
  keep(item, typed) {
    try {
      if (typed.note || typed.flagged) localStorage.setItem(this.name, JSON.stringify({ item, ...typed }));
      else localStorage.removeItem(this.name);
    } catch {
      // The note is still on the screen.
    }
  }

  /** @param {string} item @returns {{note: string, flagged: boolean}} */
  of(item) {
    try {
      const kept = JSON.parse(localStorage.getItem(this.name) ?? "null");
      if (kept?.item === item) return { note: kept.note, flagged: kept.flagged };
    } catch {
      // As if there were none.
    }
    return { note: "", flagged: false };
  }
}

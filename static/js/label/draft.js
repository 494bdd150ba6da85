/**
 * The half-typed note and the marks of the item on the screen, kept over a reload or a closed tab.
 */

/** @typedef {import("./past.js").Typed} Typed */

export const NOTHING = Object.freeze({ note: "", flagged: false, marks: [] });

export class Draft {
  /** @param {string} name tells person and queue apart */
  constructor(name) {
    this.name = `genba-draft:${name}`;
  }

  /** @param {string} item external id @param {Typed} typed */
  keep(item, typed) {
    try {
      const any = typed.note || typed.flagged || typed.marks?.length;
      if (any) localStorage.setItem(this.name, JSON.stringify({ item, ...typed }));
      else localStorage.removeItem(this.name);
    } catch {
      // It is still on the screen.
    }
  }

  /** @param {string} item @returns {Typed} */
  of(item) {
    try {
      const kept = JSON.parse(localStorage.getItem(this.name) ?? "null");
      if (kept?.item === item) return { note: kept.note, flagged: kept.flagged, marks: kept.marks ?? [] };
    } catch {
      // As if there were none.
    }
    return { ...NOTHING };
  }
}

/**
 * Half-typed notes and marks by item, kept over a reload or a closed tab.
 */

/** @typedef {import("./past.js").Typed} Typed */

export const NOTHING = Object.freeze({ note: "", flagged: false, marks: [], beside: null });

const KEPT = 30; // items: what was typed on one that somebody else answered is not kept for ever

export class Draft {
  /** @param {string} name tells person and queue apart */
  constructor(name) {
    this.name = `genba-draft:${name}`;
  }

  /** @param {string} item external id @param {Typed} typed */
  keep(item, typed) {
    try {
      const drafts = this.#read();
      const others = drafts.filter((draft) => draft.item !== item);
      const any = typed.note || typed.flagged || typed.marks?.length || typed.beside;
      if (any) others.push({ item, ...typed });
      else if (others.length === drafts.length) return; // as for most answers
      if (others.length > 0) localStorage.setItem(this.name, JSON.stringify(others.slice(-KEPT)));
      else localStorage.removeItem(this.name);
    } catch {
      // It is still on the screen.
    }
  }

  /** @param {string} item @returns {Typed} */
  of(item) {
    const { note = "", flagged = false, marks = [], beside = null } = this.#read().find((draft) => draft.item === item) ?? {};
    return { note, flagged, marks, beside };
  }

  /** @returns {({item: string} & Typed)[]} the newest last */
  #read() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.name) ?? "[]");
      return Array.isArray(kept) ? kept : [kept]; // one alone, as it was kept before
    } catch {
      return []; // as if there were none
    }
  }
}

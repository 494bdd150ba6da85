/**
 * A field of the page: a select, or something to type in.
 *
 * A value is that of the taxonomy. Where a form posts something else (a number), the option says
 * the value in `data-value`.
 */

const valueOf = (option) => option?.dataset.value ?? option?.value ?? "";

export class Field {
  /** @param {HTMLSelectElement | HTMLInputElement | HTMLTextAreaElement} element */
  constructor(element) {
    this.element = element;
    this.typed = !element.matches("select");
  }

  /** @param {HTMLElement} around */
  static in(around) {
    return around.querySelector("select, textarea, input:not([type=hidden], [type=checkbox], [type=radio])");
  }

  /** All values that it knows. */
  get values() {
    return [...((this.typed ? this.element.list : this.element)?.options ?? [])].map(valueOf).filter(Boolean);
  }

  get value() {
    const { element } = this;
    return this.typed ? element.value.trim() : valueOf(element.selectedOptions[0]);
  }

  set value(value) {
    const { element } = this;
    if (value === this.value) return;
    if (this.typed) {
      // The prototype's own setter: frameworks lay theirs over it and would miss the change.
      Object.getOwnPropertyDescriptor(Object.getPrototypeOf(element), "value").set.call(element, value);
    } else {
      const option = [...element.options].find((one) => valueOf(one) === value);
      if (value && !option) element.add(new Option(value, value, false, true));
      else element.selectedIndex = option?.index ?? -1;
    }
    for (const type of ["input", "change"]) element.dispatchEvent(new Event(type, { bubbles: true, composed: true }));
  }
}

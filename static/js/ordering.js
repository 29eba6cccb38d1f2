/**
 * An ordering question with buttons and dragging. The selects that say each item's place stay the
 * answer: this module moves the rows, writes the places into them and tells that they changed.
 */
import Sortable from "sortablejs";

class Order {
  constructor(field) {
    this.field = field;
    this.list = field.querySelector("[data-order]");
    this.said = field.querySelector("[data-order-said]");
    this.keep = field.querySelector("[data-keep]");
  }

  get rows() {
    return [...this.list.children];
  }

  start() {
    for (const plain of this.list.querySelectorAll("select, label")) plain.hidden = true;
    for (const part of this.list.querySelectorAll("[data-grip], [data-steps]")) part.hidden = false;
    this.list.classList.add("is-live");
    this.list.addEventListener("click", (event) => this.onStep(event));
    this.keep.addEventListener("click", () => this.write());
    this.section = this.field.closest("[data-question]");
    this.section.addEventListener("cairn:shown", () => this.follow());
    this.sortable = Sortable.create(this.list, {
      handle: ".drag",
      draggable: "[data-item]",
      animation: 160,
      ghostClass: "is-dragging",
      chosenClass: "is-chosen",
      onEnd: () => this.write(),
    });
    this.tell();
    return () => this.sortable.destroy();
  }

  onStep(event) {
    const button = event.target.closest("[data-step]");
    if (!button) return;
    const row = button.closest("[data-item]");
    const step = Number(button.dataset.step);
    const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    if (step < 0) other.before(row);
    else other.after(row);
    this.write();
    (button.disabled ? row.querySelector("[data-step]:not(:disabled)") : button).focus();
    const words = row.querySelector(".prose").textContent.trim();
    this.said.textContent = `${words}: ${this.field.dataset.moved} ${this.rows.indexOf(row) + 1}`;
  }

  /** The places of the rows as they stand become the answer. */
  write() {
    this.rows.forEach((row, place) => {
      row.querySelector("select").value = String(place + 1);
    });
    this.rows[0].querySelector("select").dispatchEvent(new Event("change", { bubbles: true }));
    this.tell();
  }

  /** A kept answer was put into the selects: bring the rows into its order. */
  follow() {
    const placed = this.rows.map((row) => [Number(row.querySelector("select").value), row]);
    if (placed.every(([place]) => place)) {
      this.list.append(...placed.sort(([a], [b]) => a - b).map(([, row]) => row));
    }
    this.tell();
  }

  tell() {
    this.keep.hidden = Boolean(this.rows[0].querySelector("select").value);
    this.rows.forEach((row, place) => {
      row.querySelector('[data-step="-1"]').disabled = place === 0;
      row.querySelector('[data-step="1"]').disabled = place === this.rows.length - 1;
    });
  }
}

export function mount(field) {
  return new Order(field).start();
}

/**
 * Names behind an @: what was typed is looked up, arrows choose, Enter or Tab writes the name,
 * Escape closes. The field keeps the focus; the choice is told by aria-activedescendant.
 */
import { api } from "cairn/requests";

const TYPED = /(?:^|[^\p{L}\p{N}_@])@((?:[\p{L}\p{N}][^@\n]{0,40})?)$/u;
const PAUSE = 150;

export class Mention {
  constructor(area, room, words) {
    this.area = area;
    this.url = `/api/v1/rooms/${room}/members/?q=`;
    this.words = words;
    this.found = [];
    this.list = Object.assign(document.createElement("ul"), { className: "mention-list", id: `${area.id}-names`, hidden: true });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", words.wordsNames);
    this.said = Object.assign(document.createElement("p"), { className: "sr" });
    this.said.setAttribute("role", "status");
    area.closest(".composer").append(this.list, this.said);
    area.setAttribute("aria-autocomplete", "list");
    area.setAttribute("aria-controls", this.list.id);
    area.addEventListener("input", () => this.soon());
    area.addEventListener("keydown", (event) => this.key(event));
    area.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault(); // the field keeps the focus
      const row = event.target.closest("[role=option]");
      if (row) this.take(Number(row.dataset.index));
    });
  }

  get open() {
    return !this.list.hidden;
  }

  get typed() {
    if (this.area.selectionStart !== this.area.selectionEnd) return null;
    return this.area.value.slice(0, this.area.selectionStart).match(TYPED)?.[1] ?? null;
  }

  soon() {
    clearTimeout(this.timer);
    if (this.typed === null) return this.close();
    this.timer = setTimeout(() => this.look(), PAUSE);
    return undefined;
  }

  async look() {
    const typed = this.typed;
    if (typed === null) return this.close();
    const found = await api("GET", this.url + encodeURIComponent(typed)).catch(() => []);
    if (typed !== this.typed) return undefined; // more was typed meanwhile, and is asked for
    return this.show(found);
  }

  show(found) {
    this.found = found;
    if (!found.length) return this.close();
    this.list.replaceChildren(
      ...found.map((person, index) => {
        const row = Object.assign(document.createElement("li"), { id: `${this.list.id}-${index}`, textContent: person.name });
        row.setAttribute("role", "option");
        row.dataset.index = index;
        return row;
      }),
    );
    this.list.hidden = false;
    this.said.textContent = this.words.wordsFound.replace("%s", found.length);
    return this.mark(0);
  }

  mark(index) {
    this.at = (index + this.found.length) % this.found.length;
    [...this.list.children].forEach((row, number) => row.setAttribute("aria-selected", String(number === this.at)));
    this.area.setAttribute("aria-activedescendant", this.list.children[this.at].id);
    this.list.children[this.at].scrollIntoView({ block: "nearest" });
  }

  key(event) {
    if (!this.open || event.isComposing) return;
    const act = {
      ArrowDown: () => this.mark(this.at + 1),
      ArrowUp: () => this.mark(this.at - 1),
      Enter: () => this.take(this.at),
      Tab: () => this.take(this.at),
      Escape: () => this.close(),
    }[event.key];
    if (!act || event.shiftKey) return;
    event.preventDefault();
    event.stopImmediatePropagation(); // Enter sends and Escape ends a reply only where no name is open
    act();
  }

  take(index) {
    const name = this.found[index].name;
    const end = this.area.selectionStart;
    const start = end - this.typed.length;
    this.area.setRangeText(`${name} `, start, end, "end");
    this.close();
    this.area.dispatchEvent(new Event("input"));
    this.close();
  }

  close() {
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.found = [];
    this.area.removeAttribute("aria-activedescendant");
    this.said.textContent = "";
  }
}

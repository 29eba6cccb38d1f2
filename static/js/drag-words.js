/**
 * Words that are dragged into the gaps of a text. The select in each gap is the answer: this module
 * sets it and tells that it changed. Pressing a word fills the gap that was touched last, or the
 * next empty one.
 */
class Words {
  constructor(root) {
    this.root = root;
    this.gaps = [...root.querySelectorAll("[data-gap]")];
    this.said = root.querySelector("[data-words-said]");
  }

  start() {
    this.root.querySelector("[data-words]").hidden = false;
    for (const gap of this.gaps) {
      gap.addEventListener("focusin", () => {
        this.touched = gap;
      });
      gap.addEventListener("dragover", (event) => {
        if (!this.dragged) return;
        event.preventDefault();
        gap.classList.add("is-over");
      });
      gap.addEventListener("dragleave", () => gap.classList.remove("is-over"));
      gap.addEventListener("drop", (event) => {
        event.preventDefault();
        gap.classList.remove("is-over");
        this.fill(gap, this.dragged);
      });
    }
    for (const word of this.root.querySelectorAll("[data-word]")) {
      word.addEventListener("dragstart", (event) => {
        this.dragged = word;
        event.dataTransfer.setData("text/plain", word.textContent);
      });
      word.addEventListener("dragend", () => {
        this.dragged = null;
      });
      word.addEventListener("click", () => this.fill(this.next(), word));
    }
  }

  next() {
    return this.touched ?? this.gaps.find((gap) => !gap.firstElementChild.value);
  }

  fill(gap, word) {
    if (!gap || !word) return;
    const select = gap.firstElementChild;
    select.value = word.dataset.word;
    select.dispatchEvent(new Event("change", { bubbles: true }));
    this.touched = null;
    this.said.textContent = `${select.getAttribute("aria-label")}: ${word.textContent}`;
  }
}

export function mount(root) {
  new Words(root).start();
}

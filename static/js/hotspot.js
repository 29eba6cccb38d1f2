/**
 * A marker on an image: pressed, or moved with the arrow keys. The two inputs in per cent are the
 * answer; this module writes them and tells that they changed.
 */
const STEP = 1;
const FAR = 5;
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

class Spot {
  constructor(root) {
    this.root = root;
    this.box = root.querySelector("[data-spot]");
    this.svg = root.querySelector("svg");
    this.marker = root.querySelector("[data-marker]");
    this.inputs = [...root.querySelectorAll("[data-answer]")];
    this.said = root.querySelector("[data-spot-said]");
    this.words = root.dataset.say.split("|");
  }

  start() {
    const how = this.root.querySelector("[data-how]");
    how.hidden = false;
    this.box.classList.add("is-live");
    this.box.tabIndex = 0;
    this.box.setAttribute("role", "application");
    this.box.setAttribute("aria-label", this.box.dataset.label);
    this.box.setAttribute("aria-describedby", how.id);
    this.box.addEventListener("click", (event) => this.onPress(event));
    this.box.addEventListener("keydown", (event) => this.onKey(event));
    for (const input of this.inputs) input.addEventListener("input", () => this.draw());
    this.root.closest("[data-question]").addEventListener("cairn:shown", () => this.draw());
    this.draw();
  }

  get place() {
    const place = this.inputs.map((input) => (input.value === "" ? NaN : Number(input.value)));
    return place.every((value) => value >= 0 && value <= 100) ? place : null;
  }

  onPress(event) {
    const box = this.svg.getBoundingClientRect();
    this.put(
      ((event.clientX - box.left) / box.width) * 100,
      ((event.clientY - box.top) / box.height) * 100,
    );
  }

  onKey(event) {
    const way = KEYS[event.key];
    if (!way) return;
    event.preventDefault();
    const [x, y] = this.place ?? [50, 50];
    const far = event.shiftKey ? FAR : STEP;
    if (this.place) this.put(x + way[0] * far, y + way[1] * far);
    else this.put(x, y);
  }

  put(x, y) {
    const kept = [x, y].map((value) => Math.round(Math.min(Math.max(value, 0), 100) * 10) / 10);
    this.inputs.forEach((input, n) => {
      input.value = String(kept[n]);
    });
    this.draw();
    this.said.textContent = kept.map((value, n) => `${value} ${this.words[n]}`).join(", ");
    clearTimeout(this.wait);
    this.wait = setTimeout(
      () => this.inputs[0].dispatchEvent(new Event("change", { bubbles: true })),
      400,
    );
  }

  draw() {
    const { width, height } = this.svg.viewBox.baseVal;
    this.marker.setAttribute("visibility", this.place ? "visible" : "hidden");
    if (!this.place) return;
    const [x, y] = this.place;
    this.marker.setAttribute("transform", `translate(${(x * width) / 100} ${(y * height) / 100})`);
  }
}

export function mount(root) {
  new Spot(root).start();
}

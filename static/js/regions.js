/**
 * Regions drawn on a picture while a question is written. The text inputs are what is saved: this
 * module draws them, and adds what is pressed on the picture to the row that was touched last.
 */
const SVG = "http://www.w3.org/2000/svg";
const round = (value) => Math.round(value * 10) / 10;

class Regions {
  constructor(root) {
    this.root = root;
    this.box = root.querySelector("[data-draw]");
    this.svg = root.querySelector("[data-shapes]");
    this.row = root.querySelector("[data-region]");
  }

  start() {
    this.root.querySelector("[data-draw-help]").hidden = false;
    this.box.classList.add("is-live");
    this.root.addEventListener("focusin", (event) => {
      this.row = event.target.closest("[data-region]") ?? this.row;
    });
    this.root.addEventListener("input", () => this.draw());
    this.root.addEventListener("change", () => this.draw());
    this.box.addEventListener("click", (event) => this.onPress(event));
    this.box.querySelector("img").addEventListener("load", () => this.draw());
    this.draw();
  }

  numbers(row) {
    const typed = row.querySelector("input").value.replaceAll(";", " ").split(/\s+/).filter(Boolean);
    return typed.map((one) => Number(one.replace(",", "."))).filter((one) => !Number.isNaN(one));
  }

  get ratio() {
    const image = this.box.querySelector("img");
    return image.naturalWidth ? image.naturalHeight / image.naturalWidth : 1;
  }

  onPress(event) {
    if (!this.row) return;
    const box = this.svg.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * 100;
    const y = ((event.clientY - box.top) / box.height) * 100;
    const input = this.row.querySelector("input");
    const shape = this.row.querySelector("select").value;
    const known = this.numbers(this.row);
    let next = [...known, x, y];
    if (shape !== "polygon" && known.length !== 2) next = [x, y];
    else if (shape === "circle") {
      next = [...known, Math.min(Math.hypot(x - known[0], (y - known[1]) * this.ratio), 100)];
    } else if (shape === "rectangle") {
      const [left, right] = [known[0], x].sort((a, b) => a - b);
      const [top, bottom] = [known[1], y].sort((a, b) => a - b);
      next = [left, top, right - left, bottom - top];
    }
    input.value = next.map(round).join(" ");
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  draw() {
    this.svg.replaceChildren(
      ...[...this.root.querySelectorAll("[data-region]")].map((row) => this.shape(row)).filter(Boolean),
    );
  }

  shape(row) {
    const [a, b, c, d, ...more] = this.numbers(row);
    const kind = row.querySelector("select").value;
    if (kind === "rectangle" && d !== undefined) return this.node("rect", { x: a, y: b, width: c, height: d });
    if (kind === "circle" && c !== undefined) {
      return this.node("ellipse", { cx: a, cy: b, rx: c, ry: c / this.ratio });
    }
    if (kind === "polygon" && d !== undefined) return this.node("polygon", { points: [a, b, c, d, ...more].join(" ") });
    return b === undefined ? null : this.node("ellipse", { cx: a, cy: b, rx: 1, ry: 1 / this.ratio });
  }

  node(name, attributes) {
    const node = document.createElementNS(SVG, name);
    node.setAttribute("class", "quiz-region");
    node.setAttribute("vector-effect", "non-scaling-stroke");
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
    return node;
  }
}

export function mount(root) {
  new Regions(root).start();
}

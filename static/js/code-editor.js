/**
 * A plain editor for a short program: Tab indents, Escape and then Tab leaves, Enter keeps the
 * indentation, lines are numbered. "Run" starts a job with the program as it stands and shows what
 * each example saw; nothing is scored by it.
 */
import { api } from "cairn/requests";

const INDENT = "    ";
const POLL = 700;
const PATIENCE = 90;

class Editor {
  constructor(root) {
    this.root = root;
    this.words = root.dataset;
    this.field = root.querySelector("[data-answer]");
    this.lines = root.querySelector("[data-lines]");
    this.button = root.querySelector("[data-run]");
    this.said = root.querySelector("[data-said]");
    const attempt = root.closest("[data-attempt]");
    this.url = attempt ? `${attempt.dataset.url}runs/${this.words.questionId}/` : "";
    this.leaving = false;
  }

  start() {
    this.root.querySelector("[data-keys]").hidden = false;
    this.field.addEventListener("keydown", (event) => this.onKey(event));
    this.field.addEventListener("blur", () => {
      this.leaving = false;
    });
    this.field.addEventListener("input", () => this.number());
    this.field.addEventListener("scroll", () => {
      this.lines.scrollTop = this.field.scrollTop;
    });
    this.root.closest("[data-question]").addEventListener("cairn:shown", () => this.number());
    if (this.button && this.url) {
      this.button.hidden = false;
      this.button.addEventListener("click", () => this.run());
    }
    this.number();
  }

  number() {
    const count = this.field.value.split("\n").length;
    if (this.lines.childElementCount === count) return;
    this.lines.replaceChildren(
      ...Array.from({ length: count }, (_none, n) => {
        const line = document.createElement("span");
        line.textContent = String(n + 1);
        return line;
      }),
    );
  }

  onKey(event) {
    if (event.key === "Escape") this.leaving = true;
    else if (event.key === "Tab" && !this.leaving && !event.altKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      if (event.shiftKey) this.outdent();
      else this.insert(INDENT);
    } else if (event.key === "Enter" && !event.isComposing && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      const before = this.field.value.slice(0, this.field.selectionStart);
      const line = before.slice(before.lastIndexOf("\n") + 1);
      const deeper = line.trimEnd().endsWith(":") ? INDENT : "";
      this.insert(`\n${line.match(/^\s*/)[0]}${deeper}`);
    } else if (!["Shift", "Tab"].includes(event.key)) this.leaving = false;
  }

  insert(text) {
    const { selectionStart: from, selectionEnd: to } = this.field;
    this.field.setRangeText(text, from, to, "end");
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  outdent() {
    const at = this.field.selectionStart;
    const start = this.field.value.lastIndexOf("\n", at - 1) + 1;
    const spaces = this.field.value.slice(start).match(/^ {1,4}/)?.[0].length ?? 0;
    if (!spaces) return;
    this.field.setRangeText("", start, start + spaces, "preserve");
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  async run() {
    this.button.disabled = true;
    this.say(this.words.running);
    try {
      let { job } = await api("POST", this.url, { code: this.field.value });
      for (let n = 0; n < PATIENCE && !["succeeded", "failed", "cancelled"].includes(job.state); n += 1) {
        await new Promise((resolve) => setTimeout(resolve, POLL));
        job = await api("GET", `/api/v1/jobs/${job.id}/`);
      }
      if (job.state === "succeeded") this.show(job.result.tests);
      else this.say(job.error ?? this.words.failed);
    } catch (error) {
      this.say(error.data?.detail ?? this.words.failed);
    } finally {
      this.button.disabled = false;
    }
  }

  show(tests) {
    for (const cell of this.root.querySelectorAll("[data-ran]")) cell.hidden = false;
    for (const test of tests) {
      const cell = this.root.querySelector(`[data-test="${test.number}"] [data-out]`);
      const badge = document.createElement("span");
      badge.className = `badge ${test.passed ? "ok" : "bad"}`;
      badge.textContent = test.passed ? this.words.passed : this.words.missed;
      const parts = [badge];
      if (this.words[test.ended]) parts.push(document.createTextNode(` ${this.words[test.ended]}`));
      for (const text of [test.out, test.error]) {
        if (!text) continue;
        const out = document.createElement("pre");
        out.dir = "ltr";
        out.textContent = text;
        parts.push(out);
      }
      cell.replaceChildren(...parts);
    }
    const passed = tests.filter((one) => one.passed).length;
    this.say(this.words.summary.replace("%passed", passed).replace("%all", tests.length));
  }

  say(text) {
    this.said.textContent = text;
  }
}

export function mount(root) {
  new Editor(root).start();
}

/**
 * Files as an answer: chosen or dropped, uploaded at once with their progress, tried again, taken
 * out. The hidden input is the answer as the server knows it; `quiz.js` saves it like any other,
 * under a number. While a file is under way the root carries `data-uploads`.
 */
import { csrf } from "cairn/requests";

const MEGABYTE = 1024 * 1024;

/** Bytes in words, by thousands, as the server says them. */
function sized(bytes) {
  const step = bytes < 1000 ? 0 : bytes < 1e6 ? 1 : 2;
  const number = new Intl.NumberFormat(document.documentElement.lang || undefined, {
    minimumFractionDigits: step ? 1 : 0,
    maximumFractionDigits: step ? 1 : 0,
  });
  return `${number.format(bytes / 1000 ** step)} ${["B", "kB", "MB"][step]}`;
}

class AnswerFiles {
  constructor(root) {
    this.root = root;
    this.words = root.dataset;
    this.section = root.closest("[data-question]");
    this.input = root.querySelector("[data-answer]");
    this.pick = root.querySelector("[data-pick]");
    this.list = root.querySelector("[data-files]");
    this.drop = root.querySelector("[data-drop]");
    this.said = root.querySelector("[data-files-said]");

    this.pending = new Set();
    const attempt = root.closest("[data-attempt]");
    this.url = attempt ? `${attempt.dataset.url}files/${this.words.questionId}/` : "";
  }

  start() {
    if (!this.url) return;
    for (const plain of this.root.querySelectorAll("[data-drop] [data-plain]")) plain.hidden = true;
    for (const one of this.root.querySelectorAll("[data-scripted]")) one.hidden = false;
    this.pick.addEventListener("change", (event) => {
      event.stopPropagation();
      this.take([...this.pick.files]);
      this.pick.value = "";
    });
    for (const name of ["dragenter", "dragover"]) this.drop.addEventListener(name, (event) => this.over(event));
    for (const name of ["dragleave", "drop"]) {
      this.drop.addEventListener(name, () => this.drop.classList.remove("is-over"));
    }
    this.drop.addEventListener("drop", (event) => {
      event.preventDefault();
      this.take([...event.dataTransfer.files]);
    });
    this.section.addEventListener("cairn:shown", () => this.render());
    this.render();
  }

  over(event) {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    this.drop.classList.add("is-over");
  }

  get files() {
    return JSON.parse(this.input.value || "null")?.files ?? [];
  }

  write(files) {
    this.input.value = files.length ? JSON.stringify({ files }) : "";
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
    this.render();
  }

  take(chosen) {
    const most = Number(this.words.most);
    for (const file of chosen) {
      const entry = { file, line: this.line(file.name, file.size) };
      this.pending.add(entry);
      if (this.files.length + this.pending.size > most) this.fail(entry, this.words.tooMany);
      else if (file.size > Number(this.words.megabytes) * MEGABYTE) this.fail(entry, this.words.tooLarge);
      else this.send(entry);
    }
  }

  /** XMLHttpRequest, because fetch tells nothing of what has been sent. */
  send(entry) {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("file", entry.file);
    entry.request = request;
    entry.line.state.textContent = this.words.uploading;
    entry.line.bar.hidden = false;
    entry.line.retry.hidden = true;
    entry.busy = true;
    this.tell();
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) entry.line.bar.value = event.loaded / event.total;
    });
    request.addEventListener("load", () => this.sent(entry, request));
    request.addEventListener("error", () => this.fail(entry, this.words.offline, true));
    request.open("POST", this.url);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", csrf());
    request.send(body);
  }

  sent(entry, request) {
    let data = null;
    try {
      data = JSON.parse(request.responseText);
    } catch {
      // No JSON: a proxy or a broken connection answered.
    }
    if (request.status !== 201 || !data?.id) {
      const refused = request.status >= 400 && request.status < 500 && ![401, 403, 429].includes(request.status);
      this.fail(entry, data?.detail ?? this.words.failed, !refused);
      return;
    }
    entry.busy = false;
    this.pending.delete(entry);
    entry.line.row.remove();
    const { id, name, size, sha256 } = data;
    this.write([...this.files, { id, name, size, sha256 }]);
    this.say(`${this.words.kept}: ${name}`);
    this.tell();
  }

  fail(entry, words, again = false) {
    entry.busy = false;
    entry.line.row.classList.add("is-bad");
    entry.line.bar.hidden = true;
    entry.line.state.textContent = `${this.words.failed}: ${words}`;
    entry.line.retry.hidden = !again;
    this.say(`${entry.file.name}: ${words}`);
    entry.line.retry.onclick = () => {
      entry.line.row.classList.remove("is-bad");
      this.send(entry);
    };
    entry.line.drop.onclick = () => this.forget(entry);
    this.tell();
  }

  forget(entry) {
    entry.request?.abort();
    this.pending.delete(entry);
    entry.line.row.remove();
    this.say(`${this.words.removed} ${entry.file.name}`);
    this.pick.focus();
    this.tell();
  }

  tell() {
    const busy = [...this.pending].some((entry) => entry.busy);
    if (busy) this.root.dataset.uploads = "true";
    else delete this.root.dataset.uploads;
  }

  say(text) {
    this.said.textContent = text;
  }

  render() {
    for (const row of this.list.querySelectorAll("[data-file]")) row.remove();
    const rows = this.files.map((file) => this.named(file));
    this.list.prepend(...rows);
  }

  /** The line of a file that the server has. */
  named(file) {
    const { row, state, drop, bar, retry, title } = this.line(file.name, file.size, false);
    row.dataset.file = file.id;
    const link = document.createElement("a");
    link.href = `/answers/${this.words.questionId}/files/${file.id}/`;
    link.className = "grow clip";
    link.append(...title.childNodes);
    title.replaceWith(link);
    state.textContent = this.words.kept;
    bar.remove();
    retry.remove();
    drop.onclick = () => {
      this.write(this.files.filter((one) => one.id !== file.id));
      this.say(`${this.words.removed} ${file.name}`);
      this.pick.focus();
    };
    return row;
  }

  line(name, size, append = true) {
    const row = document.createElement("li");
    const title = document.createElement("span");
    title.className = "grow clip";
    const shown = document.createElement("bdi");
    shown.textContent = name;
    title.append(shown);
    const bytes = document.createElement("span");
    bytes.className = "muted small nowrap";
    bytes.textContent = sized(size);
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.hidden = true;
    bar.setAttribute("aria-label", `${this.words.uploading}: ${name}`);
    const state = document.createElement("span");
    state.className = "small quiz-file-state";
    const retry = this.button(this.words.retry, name);
    retry.hidden = true;
    const drop = this.button(this.words.remove, name);
    row.append(title, bytes, bar, state, retry, drop);
    const entryRow = { row, title, bar, state, retry, drop };
    if (append) {
      this.list.append(row);
      drop.onclick = () => {
        const entry = [...this.pending].find((one) => one.line === entryRow);
        if (entry) this.forget(entry);
      };
    }
    return entryRow;
  }

  button(words, name) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn ghost sm";
    button.textContent = words;
    button.setAttribute("aria-label", `${words}: ${name}`);
    return button;
  }
}

export function mount(root) {
  new AnswerFiles(root).start();
}

/** The messages on the page, in order of their numbers, with a line before each new day. */
import { Rows } from "cairn/chat-row";

export class Log {
  constructor(root) {
    this.root = root;
    this.words = root.dataset;
    this.box = root.querySelector("[data-chat-log]");
    this.rows = new Rows(root, (id) => this.find(id));
    this.empty = root.querySelector("[data-chat-empty]");
    this.newer = root.querySelector("[data-chat-newer]");
    this.bySeq = new Map();
    const zone = { timeZone: this.words.timeZone };
    const language = document.documentElement.lang;
    this.date = new Intl.DateTimeFormat(language, { dateStyle: "long", ...zone });
    this.day = new Intl.DateTimeFormat("en-CA", { ...zone });
    this.box.querySelectorAll("[data-seq]").forEach((row) => this.bySeq.set(Number(row.dataset.seq), row));
    this.box.querySelectorAll("[data-day]").forEach((line) => this.#nameDay(line));
    this.newer?.addEventListener("click", () => this.toEnd());
    this.box.addEventListener("scroll", () => this.atEnd && (this.newer.hidden = true));
    this.box.addEventListener("click", (event) => this.#pick(event.target.closest(".msg")));
    this.box.addEventListener("toggle", (event) => this.#fit(event.target), true);
    this.toEnd();
  }

  get atEnd() {
    return this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < 120;
  }

  get first() {
    return Math.min(...this.bySeq.keys());
  }

  toEnd() {
    this.box.scrollTop = this.box.scrollHeight;
    this.newer.hidden = true;
  }

  find(id) {
    return this.box.querySelector(`[data-id="${CSS.escape(id)}"]`);
  }

  /** Show a stored message, or what became of it; an older state of it changes nothing. */
  put(message, waiting = null) {
    const follow = this.atEnd;
    const known = this.bySeq.get(message.seq);
    if (known && Number(known.dataset.change) >= message.change) return waiting?.remove();
    if (!known && this.bySeq.size && message.seq < this.first) return undefined;
    const row = this.rows.stored(message);
    if (known) known.replaceWith(row);
    else this.#insert(row, message.seq);
    this.bySeq.set(message.seq, row);
    if (known) this.rows.requote(this.box, message.id);
    waiting?.remove();
    this.#days();
    this.empty.hidden = true;
    if (!known && follow) this.toEnd();
    else if (!known && message.seq === Math.max(...this.bySeq.keys())) this.newer.hidden = false;
    return row;
  }

  /** Show older messages above, keeping what is read where it is. */
  prepend(messages) {
    const height = this.box.scrollHeight;
    messages.forEach((message) => {
      const row = this.rows.stored(message);
      if (!this.bySeq.has(message.seq)) this.#insert(row, message.seq);
      this.bySeq.set(message.seq, row);
    });
    this.#days();
    this.box.scrollTop += this.box.scrollHeight - height;
  }

  /** Show a message that is not stored yet, at the end. */
  wait(body, name, files = []) {
    const row = this.rows.waiting(body, name, files);
    this.box.append(row);
    this.empty.hidden = true;
    this.toEnd();
    return row;
  }

  /** Say below a waiting message what its fate is. */
  fate(row, words, again) {
    row.querySelector(".msg-foot").hidden = false;
    row.querySelector("[data-chat-fate]").textContent = words;
    row.querySelector("[data-chat-again]").hidden = !again;
  }

  /** Where nothing hovers, a touch on a message shows what can be done with it. */
  #pick(row) {
    const before = this.box.querySelector(".msg.picked");
    before?.classList.remove("picked");
    if (row && row !== before) row.classList.add("picked");
  }

  /** What opens beside a message opens to the side where there is room, and is scrolled to. */
  #fit(pop) {
    if (!pop.matches?.(".msg-pop[open]")) return;
    const shown = pop.lastElementChild;
    pop.classList.remove("flip");
    const [edge, box] = [shown.getBoundingClientRect(), this.box.getBoundingClientRect()];
    pop.classList.toggle("flip", edge.right > box.right || edge.left < box.left);
    shown.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  #insert(row, seq) {
    const after = [...this.bySeq.keys()].filter((other) => other > seq).sort((a, b) => a - b)[0];
    const waiting = this.box.querySelector(".unsent");
    this.box.insertBefore(row, after ? this.bySeq.get(after) : waiting);
  }

  #days() {
    this.box.querySelectorAll("[data-day]").forEach((line) => line.remove());
    let last = "";
    let before = null;
    for (const seq of [...this.bySeq.keys()].sort((a, b) => a - b)) {
      const row = this.bySeq.get(seq);
      const day = this.day.format(new Date(row.querySelector("time").dateTime));
      row.classList.toggle("cont", day === last && follows(before, row));
      before = row;
      if (day === last) continue;
      last = day;
      const line = document.createElement("p");
      line.className = "room-day";
      line.dataset.day = day;
      line.append(document.createElement("span"));
      line.firstChild.textContent = this.date.format(new Date(row.querySelector("time").dateTime));
      this.#nameDay(line);
      row.before(line);
    }
  }

  #nameDay(line) {
    const today = this.day.format(new Date());
    const yesterday = this.day.format(new Date(Date.now() - 86400000));
    if (line.dataset.day === today) line.firstElementChild.textContent = this.words.wordsToday;
    if (line.dataset.day === yesterday) line.firstElementChild.textContent = this.words.wordsYesterday;
  }
}

/** Whether a message follows another of the same person within five minutes. */
function follows(before, row) {
  if (!before || before.dataset.sender !== row.dataset.sender) return false;
  const at = (one) => new Date(one.querySelector("time").dateTime).getTime();
  return at(row) - at(before) < 300_000;
}

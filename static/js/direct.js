/**
 * A conversation of two. Frames of /ws/me/ (heard by the bell) carry ids alone: what changed is
 * fetched by the number of the last change, and asked for every few seconds besides. What could not
 * be sent is kept in this tab under its own id and sent again; the server stores each id once.
 */
import { Attach, showFiles } from "cairn/chat-files";
import { api } from "cairn/requests";

const ROOT = "/api/v1/direct-messages/";
const EVERY = 15_000;
const EDITED_WITHIN = 15 * 60_000;

class Talk {
  constructor(root) {
    this.root = root;
    this.words = root.dataset;
    this.log = root.querySelector("[data-direct-log]");
    this.blank = root.querySelector("[data-direct-template]");
    this.form = root.querySelector("[data-direct-form]");
    this.area = this.form?.querySelector("textarea");
    this.change = Number(this.words.lastChange);
    this.unsent = new Map();
    this.rows = new Map([...this.log.querySelectorAll("[data-seq]")].map((row) => [Number(row.dataset.seq), row]));
    const format = { dateStyle: "short", timeStyle: "short", timeZone: this.words.timeZone };
    this.clock = new Intl.DateTimeFormat(document.documentElement.lang, format);
    this.listen();
    this.restore();
    this.toEnd();
    if (this.words.unread === "true") this.read();
    this.poller = setInterval(() => document.visibilityState === "visible" && this.fetch(), EVERY);
  }

  listen() {
    this.told = ({ detail }) => (detail.type === "ready" || detail.conversation === this.words.conversation) && this.fetch();
    this.back = () => {
      this.fetch();
      this.unsent.forEach((item, id) => this.deliver(id));
    };
    document.addEventListener("cairn:direct-frame", this.told);
    window.addEventListener("online", this.back);
    this.log.querySelector("[data-direct-earlier]").addEventListener("click", (event) => this.earlier(event.currentTarget));
    this.root.addEventListener("click", (event) => {
      this.root.querySelectorAll(".msg-pop[open]").forEach((pop) => pop.contains(event.target) || (pop.open = false));
      const row = event.target.closest("[data-direct-again]")?.closest("[data-client]");
      if (row) this.deliver(row.dataset.client);
    });
    this.root.addEventListener("submit", (event) => {
      const row = event.target.closest("[data-seq]");
      if (!row || event.defaultPrevented) return;
      event.preventDefault();
      this.remove(row);
    });
    if (!this.form) return;
    this.attach = new Attach(this.form, this.root.querySelector(".room-main"));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.say();
    });
    this.area.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.say();
    });
  }

  /** What was said or changed since; one request at a time, and one more if told meanwhile. */
  async fetch() {
    if (!this.words.conversation) return;
    if (this.fetching) {
      this.again = true;
      return;
    }
    this.fetching = true;
    try {
      const page = await api("GET", `${ROOT}?conversation=${this.words.conversation}&after_change=${this.change}&page_size=100`);
      page.results.forEach((message) => this.put(message));
      this.change = Math.max(this.change, ...page.results.map((message) => message.change));
      if (page.results.length) this.read();
      this.again ||= Boolean(page.next);
    } catch {
      // Offline or signed out: the next turn tries again.
    }
    this.fetching = false;
    if (!this.again) return;
    this.again = false;
    this.fetch();
  }

  read() {
    if (document.visibilityState === "hidden") return;
    const seq = Math.max(0, ...this.rows.keys());
    api("POST", `/api/v1/conversations/${this.words.conversation}/read/`, { seq }).catch(() => {});
  }

  /** Show a message, or what became of it; an older state changes nothing. */
  put(message) {
    const known = this.rows.get(message.seq);
    if (known && Number(known.dataset.change) >= message.change) return;
    const follow = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 120;
    const row = this.row(message);
    if (message.sender?.id === this.words.me) this.settle(message.client_id);
    if (known) known.replaceWith(row);
    else {
      const after = [...this.rows.keys()].filter((seq) => seq > message.seq).sort((a, b) => a - b)[0];
      this.log.insertBefore(row, after ? this.rows.get(after) : this.log.querySelector(".unsent"));
    }
    this.rows.set(message.seq, row);
    this.root.querySelector("[data-direct-empty]").hidden = true;
    if (follow && !known) this.toEnd();
  }

  row(message) {
    const row = this.blank.content.firstElementChild.cloneNode(true);
    const mine = message.sender?.id === this.words.me;
    row.id = `m-${message.id}`;
    Object.assign(row.dataset, { seq: message.seq, change: message.change, id: message.id });
    row.classList.toggle("me", mine);
    row.classList.toggle("gone", message.deleted);
    for (const name of ["href", "action"]) {
      row.querySelectorAll(`[${name}*=MESSAGE]`).forEach((part) => part.setAttribute(name, part.getAttribute(name).replace("MESSAGE", message.id)));
    }
    row.querySelector(".msg-name").textContent = message.sender?.name ?? this.words.wordsNobody;
    const time = row.querySelector("time");
    time.dateTime = message.created_at;
    time.textContent = this.clock.format(new Date(message.created_at));
    if (!message.edited_at || message.deleted) row.querySelector(".msg-edited").remove();
    row.querySelector(".msg-foot").remove();
    const text = row.querySelector(".msg-text");
    if (message.deleted) text.append(Object.assign(document.createElement("p"), { textContent: this.words.wordsGone }));
    else text.innerHTML = message.html; // rendered and cleaned by the server's one pipeline
    showFiles(row.querySelector(".msg-files"), message.files);
    const lately = Date.now() - new Date(message.created_at) < EDITED_WITHIN;
    const may = { more: !message.deleted && message.sender, edit: mine && lately, delete: mine, report: !mine };
    row.querySelectorAll("[data-tool]").forEach((tool) => may[tool.dataset.tool] || tool.remove());
    if (!row.querySelector("[data-tool=more]")) row.querySelector(".msg-tools").remove();
    return row;
  }

  async say() {
    if ((!this.area.value.trim() && !this.attach.count) || this.waitsForFiles) return;
    this.waitsForFiles = true;
    const files = await this.attach.settled();
    this.waitsForFiles = false;
    const body = this.area.value.trim();
    if (!files || (!body && !files.length)) return;
    this.attach.clear();
    this.area.value = "";
    this.area.dispatchEvent(new Event("input"));
    const id = crypto.randomUUID();
    this.unsent.set(id, { body, files, row: this.wait(id, body, files) });
    this.keep();
    this.area.focus();
    this.deliver(id);
  }

  wait(id, body, files) {
    const row = this.blank.content.firstElementChild.cloneNode(true);
    row.classList.add("me", "unsent");
    row.dataset.client = id;
    row.querySelector(".msg-name").textContent = this.words.name;
    row.querySelectorAll(".msg-tools, .msg-files, .msg-edited").forEach((part) => part.remove());
    const words = [body, files.map((file) => file.name).join(", ")].filter(Boolean);
    row.querySelector(".msg-text").append(...words.map((textContent) => Object.assign(document.createElement("p"), { textContent })));
    this.log.append(row);
    this.root.querySelector("[data-direct-empty]").hidden = true;
    this.toEnd();
    return row;
  }

  async deliver(id) {
    const item = this.unsent.get(id);
    if (!item || item.busy) return;
    item.busy = true;
    this.fate(item.row, this.words.wordsSending, false);
    try {
      const files = item.files.map(({ id: key, alt }) => ({ id: key, alt }));
      const message = await api("POST", ROOT, { person: this.words.person, client_id: id, body: item.body, files });
      // The first message makes the conversation: its own page goes on.
      if (!this.words.conversation) {
        this.settle(id);
        location.assign(`/me/messages/${message.conversation}/`);
        return;
      }
      this.put(message);
      this.fetch();
    } catch (error) {
      this.fate(item.row, error.status ? error.message : this.words.wordsUnsent, true);
      if (error.status === 429) setTimeout(() => this.deliver(id), 10_000);
    }
    item.busy = false;
  }

  fate(row, words, again) {
    row.querySelector(".msg-foot").hidden = false;
    row.querySelector("[data-direct-fate]").textContent = words;
    row.querySelector("[data-direct-again]").hidden = !again;
  }

  settle(id) {
    this.unsent.get(id)?.row.remove();
    this.unsent.delete(id);
    this.keep();
  }

  get key() {
    return `cairn-direct-${this.words.person}-${this.words.me}`;
  }

  keep() {
    const kept = [...this.unsent].map(([id, item]) => [id, item.body, item.files]);
    if (kept.length) sessionStorage.setItem(this.key, JSON.stringify(kept));
    else sessionStorage.removeItem(this.key);
  }

  restore() {
    for (const [id, body, files] of JSON.parse(sessionStorage.getItem(this.key) ?? "[]")) {
      this.unsent.set(id, { body, files, row: this.wait(id, body, files) });
      this.deliver(id);
    }
  }

  async remove(row) {
    try {
      await api("DELETE", `${ROOT}${row.dataset.id}/`);
      this.log.focus();
      this.fetch();
    } catch (error) {
      const { toast } = await import("cairn/toast");
      toast(error.message);
    }
  }

  async earlier(button) {
    button.disabled = true;
    const first = Math.min(...this.rows.keys());
    const url = `${ROOT}?conversation=${this.words.conversation}&before_seq=${first}&ordering=-seq&page_size=50`;
    const page = await api("GET", url).catch(() => null);
    button.disabled = false;
    if (!page) return;
    const height = this.log.scrollHeight;
    page.results.forEach((message) => this.put(message));
    this.log.scrollTop += this.log.scrollHeight - height;
    button.hidden = !page.next;
  }

  toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
  }

  stop() {
    clearInterval(this.poller);
    this.attach?.stop();
    document.removeEventListener("cairn:direct-frame", this.told);
    window.removeEventListener("online", this.back);
  }
}

export function mount(root) {
  const talk = new Talk(root);
  return () => talk.stop();
}

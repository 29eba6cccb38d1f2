/**
 * A course's room, live. The row in the database is the truth: every message has a number, the page
 * asks for what lies after the highest number it has without a gap, and a message that was not
 * acknowledged is sent again under the same client_id, by socket or by the API. Where no socket
 * opens, or the relay behind it is down, the page asks every few seconds.
 */
import { Attach } from "cairn/chat-files";
import { Mention } from "cairn/chat-mention";
import { Thread } from "cairn/chat-thread";
import { Composer } from "cairn/chat-composer";
import { Log } from "cairn/chat-log";
import { api } from "cairn/requests";
import { Socket } from "cairn/socket";

const ACKNOWLEDGED_WITHIN = 6000;
const POLL = 4000;
const TYPING_EVERY = 2500;
const TYPING_SHOWN = 5000;

class Room {
  constructor(root) {
    this.root = root;
    this.words = root.dataset;
    this.log = new Log(root);
    this.seq = new Count(Number(this.words.lastSeq));
    this.change = new Count(Number(this.words.lastChange));
    this.unsent = new Map();
    this.members = new Map();
    this.typists = new Map();
    this.badge = root.querySelector("[data-chat-state]");
    this.form = root.querySelector("[data-chat-form]");
    this.area = this.form?.querySelector("textarea");
    this.relayDown = false;
    this.thread = new Thread(this);
    if (this.form) {
      this.mention = new Mention(this.area, this.words.room, this.words);
      if (this.thread.area) this.threadMention = new Mention(this.thread.area, this.words.room, this.words);
      this.composer = new Composer(root, this.log);
      this.attach = new Attach(this.form, root.querySelector(".room-main"));
    }
    this.people();
    this.listen();
    this.restore();
    this.state("connecting");
    this.socket = new Socket(`/ws/courses/${this.words.room}/chat/`, {
      opened: () => this.join(),
      heard: (frame) => this.hear(frame),
      closed: () => this.lost(),
      ended: (code) => this.ended(code),
    });
    this.poller = setInterval(() => this.poll(), POLL);
    this.wentOffline = () => this.state("offline");
    this.cameOnline = () => this.socket.live && this.join();
    window.addEventListener("offline", this.wentOffline);
    window.addEventListener("online", this.cameOnline);
  }

  // --- the socket ---

  join() {
    this.socket.send({ type: "join", last_seq: this.seq.last, last_change: this.change.last });
  }

  hear(frame) {
    const act = {
      joined: () => this.joined(frame),
      message: () => this.arrived(frame),
      presence: () => this.presence(frame),
      typing: () => this.typing(frame.member),
      relay: () => this.relay(frame.state),
      error: () => this.refused(frame),
    }[frame.type];
    act?.();
  }

  joined(frame) {
    Object.entries(frame.mine).forEach(([id, names]) => this.log.rows.mine.set(id, new Set(names)));
    frame.changed.forEach((message) => this.arrived(message));
    frame.missed.forEach((message) => this.arrived(message));
    // Numbers have no gaps: whatever is still missing below was before this page's first message.
    const newest = frame.missed.at(-1)?.seq ?? (frame.has_more ? this.seq.last : frame.last_seq);
    this.seq.reach(newest);
    this.change.reach(frame.last_change);
    if (frame.has_more) this.join();
    this.members = new Map(frame.members.map((member) => [member.id, member]));
    this.present = frame.present;
    this.people();
    this.state(this.relayDown ? "polling" : "live");
    this.resend();
    this.read();
  }

  /** Tell how far one has read, a moment after something new stands on a page that is looked at. */
  read() {
    clearTimeout(this.reading);
    this.reading = setTimeout(() => {
      if (document.visibilityState === "hidden" || this.seq.last <= (this.toldRead ?? 0)) return;
      this.toldRead = this.seq.last;
      api("POST", `/api/v1/rooms/${this.words.room}/read/`, { seq: this.seq.last }).catch(() => {});
    }, 1500);
  }

  arrived(message) {
    const waiting = message.sender?.id === this.words.me ? this.settle(message.client_id) : null;
    const row = this.log.put(message, waiting);
    if (row?.dataset.askWhy) this.why(row);
    this.thread.arrived(message);
    this.typists.delete(message.sender?.id);
    this.showTypists();
    this.seq.add(message.seq);
    this.change.add(message.change);
    this.read();
    if (this.gaps) {
      clearTimeout(this.gap);
      this.gap = setTimeout(() => this.gaps && (this.socket.live ? this.join() : this.poll()), 800);
    }
  }

  /** Whether something is missing below what was heard. */
  get gaps() {
    return this.seq.gaps || this.change.gaps;
  }

  /** Why the tutor did not answer one's own question, and the button that asks again. */
  async why(row) {
    const found = await api("GET", `/api/v1/messages/${row.dataset.id}/tutor/`).catch(() => null);
    if (!found?.detail) return;
    row.querySelector("[data-asked-why]").textContent = found.detail;
    row.querySelector("[data-chat-ask]").hidden = false;
  }

  async askAgain(row) {
    try {
      await api("POST", `/api/v1/messages/${row.dataset.id}/tutor/`);
      this.area?.focus();
    } catch (error) {
      const { toast } = await import("cairn/toast");
      toast(error.message);
    }
    if (!this.socket.live) this.poll();
  }

  relay(state) {
    this.relayDown = state === "down";
    if (this.relayDown) this.state("polling");
    else this.join();
  }

  lost() {
    if (!navigator.onLine) this.state("offline");
    // A room that gets along by asking says so, whatever each further try at a socket brings.
    else if (this.badge.dataset.state !== "polling") this.state("connecting");
  }

  ended(code) {
    this.over = true;
    clearInterval(this.poller);
    this.state(code === 4401 ? "signedOut" : "expelled");
  }

  refused(frame) {
    const item = this.unsent.get(frame.client_id);
    if (!item) return;
    if (frame.code === "throttled") setTimeout(() => this.deliver(frame.client_id), 3000);
    else this.log.fate(item.row, frame.detail, true);
  }

  state(name) {
    const tone = { live: "ok", connecting: "", polling: "warn" }[name] ?? "bad";
    this.badge.className = `badge ${tone}`;
    this.badge.dataset.state = name;
    this.badge.textContent = this.words[`words${name[0].toUpperCase()}${name.slice(1)}`] ?? "";
  }

  // --- without a socket ---

  async poll() {
    if (this.over || (this.socket.live && !this.relayDown && !this.gaps)) return;
    if (document.visibilityState === "hidden") return;
    try {
      const url = `/api/v1/messages/?room=${this.words.room}&after_change=${this.change.last}&page_size=100`;
      const page = await api("GET", url);
      page.results.forEach((message) => this.own(message));
      page.results.forEach((message) => this.arrived(message));
      this.change.reach(page.results.at(-1)?.change ?? 0);
      this.seq.reach(Math.max(this.seq.last, ...page.results.map((message) => message.seq)));
      if (!this.socket.live || this.relayDown) this.state("polling");
      this.resend();
    } catch (error) {
      if (error.status === 401) this.socket.stop(), this.ended(4401);
      else if (error.status === 403 || error.status === 404) this.socket.stop(), this.ended(4403);
      else this.state("offline");
    }
  }

  // --- saying something ---

  listen() {
    this.root.querySelector("[data-chat-earlier]").addEventListener("click", (event) => this.earlier(event.currentTarget));
    this.root.addEventListener("submit", (event) => {
      const row = event.target.closest("[data-seq]");
      if (!row || event.defaultPrevented) return;
      event.preventDefault();
      this.act(row, event.target, event.submitter);
    });
    document.addEventListener("visibilitychange", (this.looked = () => this.read()));
    this.root.addEventListener("click", (event) => {
      this.root.querySelectorAll(".msg-pop[open]").forEach((pop) => pop.contains(event.target) || (pop.open = false));
      const tool = event.target.closest("a[data-tool=reply], a[data-tool=edit]");
      if (tool && this.composer?.begin(tool.dataset.tool, tool.closest("[data-seq]"))) event.preventDefault();
      const row = event.target.closest("[data-chat-again]")?.closest("[data-client]");
      if (row) this.deliver(row.dataset.client);
    });
    if (!this.form) return;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.say();
    });
    this.area.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.say();
    });
    this.area.addEventListener("input", () => {
      const now = Date.now();
      if (now - (this.told ?? 0) < TYPING_EVERY) return;
      this.told = now;
      this.socket.send({ type: "typing" });
    });
  }

  /** What a form below a message does: the page's own acts, one request each. */
  async act(row, form, button) {
    const tool = form.closest("[data-tool]")?.dataset.tool;
    form.closest(".msg-pop")?.removeAttribute("open");
    if (form.matches("[data-chat-ask]")) return this.askAgain(row);
    if (tool === "delete") return this.remove(row);
    if (tool === "pin") return this.changeOf(row, "POST", "pin/", { on: form.elements.on.value === "1" });
    const emoji = tool === "react" ? button.value : form.elements.emoji.value;
    const on = tool === "react" || button.value === "1";
    const mine = this.log.rows.mine.get(row.dataset.id) ?? new Set();
    if (on) mine.add(emoji);
    else mine.delete(emoji);
    this.log.rows.mine.set(row.dataset.id, mine);
    return this.changeOf(row, on ? "PUT" : "DELETE", `reactions/${emoji}/`);
  }

  async changeOf(row, method, path, body) {
    try {
      this.arrived(await api(method, `/api/v1/messages/${row.dataset.id}/${path}`, body));
      return true;
    } catch (error) {
      const { toast } = await import("cairn/toast");
      toast(error.message);
      return false;
    }
  }

  async say() {
    const body = this.area.value.trim();
    if ((!body && !this.attach.count) || this.waitsForFiles) return;
    const { editing, replyTo } = this.composer;
    if (editing) {
      if (await this.changeOf(editing, "PATCH", "", { body })) this.composer.end();
      return;
    }
    // A message waits for its files, and goes by itself once they are there.
    this.waitsForFiles = true;
    const files = await this.attach.settled();
    this.waitsForFiles = false;
    const words = this.area.value.trim();
    if (!files || (!words && !files.length)) return;
    this.attach.clear();
    this.composer.end();
    this.area.value = "";
    this.area.dispatchEvent(new Event("input"));
    this.enqueue(crypto.randomUUID(), words, replyTo, files);
    this.area.focus();
  }

  enqueue(id, body, replyTo, files) {
    const row = this.log.wait(body, this.words.name, files);
    row.dataset.client = id;
    this.unsent.set(id, { body, replyTo, files, row });
    this.keep();
    this.deliver(id);
  }

  async deliver(id) {
    const item = this.unsent.get(id);
    if (!item || item.busy) return;
    item.busy = true;
    this.log.fate(item.row, this.words.wordsSending, false);
    const said = { client_id: id, body: item.body, reply_to: item.replyTo ?? "", files: (item.files ?? []).map(({ id: key, alt }) => ({ id: key, alt })) };
    if (this.socket.send({ type: "send", ...said })) {
      await new Promise((done) => setTimeout(done, ACKNOWLEDGED_WITHIN));
      item.busy = false;
      if (!this.unsent.has(id)) return;
    }
    try {
      const message = await api("POST", "/api/v1/messages/", { room: this.words.room, ...said });
      this.arrived(message);
    } catch (error) {
      this.log.fate(item.row, error.status ? error.message : this.words.wordsUnsent, true);
    }
    item.busy = false;
  }

  resend() {
    this.unsent.forEach((item, id) => this.deliver(id));
  }

  settle(id) {
    const item = this.unsent.get(id);
    this.unsent.delete(id);
    if (item) this.keep();
    return item?.row ?? null;
  }

  keep() {
    const kept = [...this.unsent].map(([id, item]) => [id, item.body, item.replyTo ?? "", item.files ?? []]);
    const key = `cairn-unsent-${this.words.room}-${this.words.me}`;
    if (kept.length) sessionStorage.setItem(key, JSON.stringify(kept));
    else sessionStorage.removeItem(key);
  }

  restore() {
    const kept = sessionStorage.getItem(`cairn-unsent-${this.words.room}-${this.words.me}`);
    for (const [id, body, replyTo, files] of JSON.parse(kept ?? "[]")) {
      const row = this.log.wait(body, this.words.name, files);
      row.dataset.client = id;
      this.unsent.set(id, { body, replyTo, files, row });
      this.log.fate(row, this.words.wordsUnsent, false);
    }
  }

  async remove(row) {
    try {
      await api("DELETE", `/api/v1/messages/${row.dataset.id}/`);
      this.log.box.focus();
    } catch (error) {
      const { toast } = await import("cairn/toast");
      toast(error.message);
    }
    if (!this.socket.live) location.reload();
  }

  async earlier(button) {
    button.disabled = true;
    const url = `/api/v1/messages/?room=${this.words.room}&before_seq=${this.log.first}&ordering=-seq&page_size=50`;
    const page = await api("GET", url).catch(() => null);
    button.disabled = false;
    if (!page) return;
    page.results.forEach((message) => this.own(message));
    this.log.prepend(page.results.reverse());
    button.hidden = !page.next;
  }

  own(message) {
    this.log.rows.mine.set(message.id, new Set(message.mine));
  }

  // --- people ---

  presence(frame) {
    frame.joined.forEach((member) => this.members.set(member.id, member));
    frame.left.forEach((member) => this.members.delete(member.id));
    this.present = frame.present;
    this.people();
  }

  people() {
    const list = this.root.querySelector("[data-chat-members]");
    if (!this.members.size && list.children.length) return;
    const blank = this.root.querySelector("[data-chat-member]").content.firstElementChild;
    const sorted = [...this.members.values()].sort((a, b) => a.name.localeCompare(b.name));
    list.replaceChildren(
      ...sorted.map((member) => {
        const row = blank.cloneNode(true);
        row.dataset.member = member.id;
        row.querySelector("strong").textContent = member.name;
        const avatar = row.querySelector(".avatar");
        avatar.textContent = initials(member.name);
        avatar.classList.add(hue(member.name));
        return row;
      }),
    );
    this.root.querySelector("[data-chat-count]").textContent = this.present;
    this.root.querySelector("[data-chat-alone]").hidden = sorted.length > 0;
  }

  typing(member) {
    if (member.id === this.words.me) return;
    clearTimeout(this.typists.get(member.id)?.timer);
    const timer = setTimeout(() => {
      this.typists.delete(member.id);
      this.showTypists();
    }, TYPING_SHOWN);
    this.typists.set(member.id, { name: member.name, timer });
    this.showTypists();
  }

  showTypists() {
    const names = [...this.typists.values()].map((typist) => typist.name);
    const one = this.words.wordsTypingOne.replace("%s", names[0] ?? "");
    const words = names.length === 0 ? "" : names.length === 1 ? one : this.words.wordsTypingMany;
    this.root.querySelector("[data-chat-typing]").textContent = words;
  }

  stop() {
    clearInterval(this.poller);
    clearTimeout(this.reading);
    document.removeEventListener("visibilitychange", this.looked);
    window.removeEventListener("offline", this.wentOffline);
    window.removeEventListener("online", this.cameOnline);
    this.attach?.stop();
    this.socket.stop();
  }
}

/** The highest number below which none is missing, and those heard beyond it. */
class Count {
  constructor(last) {
    this.last = last;
    this.beyond = new Set();
  }

  get gaps() {
    return this.beyond.size > 0;
  }

  add(number) {
    if (number <= this.last) return;
    this.beyond.add(number);
    this.reach(this.last);
  }

  reach(number) {
    this.last = Math.max(this.last, number);
    while (this.beyond.delete(this.last + 1)) this.last += 1;
    this.beyond.forEach((one) => one <= this.last && this.beyond.delete(one));
  }
}

function initials(name) {
  const parts = name.split(/\s+/).filter((part) => /^[\p{L}\p{N}]/u.test(part));
  const ends = parts.length > 1 ? [parts[0], parts.at(-1)] : parts;
  return ends.map((part) => [...part][0].toUpperCase()).join("") || "?";
}

/** The same colour for a name as the server gives it: CRC-32 modulo the eight hues. */
function hue(name) {
  let crc = -1;
  for (const byte of new TextEncoder().encode(name)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return `hue-${(~crc >>> 0) % 8}`;
}

export function mount(root) {
  const room = new Room(root);
  return () => room.stop();
}

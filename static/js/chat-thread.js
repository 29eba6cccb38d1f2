/**
 * A thread beside the room: where there is room in place of who is here, on a phone over all of it.
 * Escape closes, and the focus goes back to what opened it.
 */
import { api } from "cairn/requests";

const NARROW = "(max-width: 60rem)";

export class Thread {
  constructor(room) {
    this.room = room;
    this.pane = room.root.querySelector("[data-chat-thread]");
    this.main = room.root.querySelector(".room-main");
    this.log = this.pane.querySelector("[data-thread-log]");
    this.form = this.pane.querySelector("[data-thread-form]");
    this.area = this.form?.querySelector("textarea");
    this.id = "";
    this.pane.querySelector("[data-thread-close]").addEventListener("click", () => this.close());
    this.pane.addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && this.close());
    room.root.addEventListener("click", (event) => {
      const link = event.target.closest(".room-main .msg-thread, .room-main [data-tool=thread]");
      if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      const row = link.closest("[data-id]");
      this.open(row.dataset.id, row);
    });
    this.form?.addEventListener("submit", (event) => {
      event.preventDefault();
      this.say();
    });
    this.area?.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.say();
    });
  }

  async open(id, row) {
    row.querySelectorAll(".msg-pop[open]").forEach((pop) => pop.removeAttribute("open"));
    const found = await api("GET", `/api/v1/messages/${id}/thread/`).catch(() => null);
    if (!found) return location.assign(`/c/${this.room.words.slug}/chat/${id}/thread/`);
    this.opener = row;
    this.id = found.root.id;
    this.log.replaceChildren();
    [found.root, ...found.replies].forEach((message) => {
      this.room.own(message);
      this.put(message);
    });
    this.pane.hidden = false;
    this.room.root.classList.add("with-thread");
    this.main.inert = matchMedia(NARROW).matches;
    this.log.scrollTop = this.log.scrollHeight;
    (this.area ?? this.pane.querySelector("h2")).focus();
    return undefined;
  }

  close() {
    this.pane.hidden = true;
    this.room.root.classList.remove("with-thread");
    this.main.inert = false;
    this.id = "";
    const row = this.opener?.isConnected ? this.opener : this.room.log.find(this.opener?.dataset.id ?? "");
    (row?.querySelector(".msg-thread") ?? row?.querySelector("[data-tool=more] summary") ?? this.room.log.box).focus();
  }

  /** What happens in the room happens here too. */
  arrived(message) {
    if (this.id && (message.id === this.id || message.thread === this.id)) this.put(message);
  }

  put(message) {
    const known = this.log.querySelector(`[data-seq="${message.seq}"]`);
    if (known && Number(known.dataset.change) >= message.change) return;
    const row = this.room.log.rows.stored(message);
    row.removeAttribute("id");
    row.querySelectorAll(".msg-thread, .msg-parent, [data-tool=thread], [data-tool=reply], [data-tool=edit]").forEach((part) => part.remove());
    if (known) return known.replaceWith(row);
    const after = [...this.log.children].find((other) => Number(other.dataset.seq) > message.seq);
    this.log.insertBefore(row, after ?? null);
    this.log.scrollTop = this.log.scrollHeight;
    return undefined;
  }

  say() {
    const body = this.area.value.trim();
    if (!body || !this.id) return;
    this.area.value = "";
    this.area.dispatchEvent(new Event("input"));
    this.room.enqueue(crypto.randomUUID(), body, this.id, []);
    this.area.focus();
  }
}

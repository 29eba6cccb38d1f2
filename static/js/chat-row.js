/** One message as a row of the page, filled into the blank that the server sent along. */
import { showFiles } from "cairn/chat-files";

const EXCERPT = 80;
const EDITED_WITHIN = 15 * 60_000;

export class Rows {
  constructor(root, find) {
    this.words = root.dataset;
    this.find = find;
    this.mine = new Map();
    this.blank = root.querySelector("[data-chat-template]");
    this.staff = JSON.parse(document.getElementById("chat-staff")?.textContent ?? "{}");
    const zone = { timeZone: this.words.timeZone };
    this.clock = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...zone });
  }

  empty() {
    return this.blank.content.firstElementChild.cloneNode(true);
  }

  /** A message that is not stored yet. */
  waiting(body, name, files = []) {
    const row = this.empty();
    row.classList.add("me", "unsent");
    row.querySelector(".msg-name").textContent = name;
    const unused = ".msg-files, .msg-tools, .msg-role, .msg-ai, .msg-faq, .msg-edited, .msg-pinned, .msg-parent, .cites, .msg-note, .msg-asked, .msg-chips, .msg-thread";
    row.querySelectorAll(unused).forEach((part) => part.remove());
    const text = document.createElement("p");
    text.textContent = body;
    row.querySelector(".msg-text").append(text);
    if (files.length) {
      const named = Object.assign(document.createElement("p"), { className: "small", textContent: files.map((file) => file.name).join(", ") });
      row.querySelector(".msg-text").append(named);
    }
    return row;
  }

  /** A stored message, or what became of it. */
  stored(message) {
    const row = this.empty();
    const mine = message.sender?.id === this.words.me;
    row.id = `m-${message.id}`;
    for (const name of ["href", "action"]) {
      row.querySelectorAll(`[${name}*=MESSAGE]`).forEach((part) => part.setAttribute(name, part.getAttribute(name).replace("MESSAGE", message.id)));
    }
    const direct = row.querySelector("[data-tool=direct]");
    direct.href = direct.getAttribute("href").replace("PERSON", message.sender?.id ?? "");
    Object.assign(row.dataset, { seq: message.seq, change: message.change, id: message.id, sender: message.sender?.id ?? "" });
    row.classList.toggle("me", mine);
    row.classList.toggle("ai", Boolean(message.ai));
    row.classList.toggle("gone", message.deleted);
    row.classList.toggle("for-me", message.mentions.includes(this.words.me));
    row.source = message.body;
    this.#head(row, message);
    row.querySelector(".msg-foot").remove();
    const text = row.querySelector(".msg-text");
    if (message.deleted) text.append(Object.assign(document.createElement("p"), { textContent: this.words.wordsGone }));
    else text.innerHTML = message.html; // rendered and cleaned by the server's one pipeline
    showFiles(row.querySelector(".msg-files"), message.files);
    this.#parent(row, message);
    this.#answer(row, message);
    this.#asked(row, message, mine);
    this.#chips(row, message);
    this.#thread(row, message);
    this.#tools(row, message, mine);
    return row;
  }

  #head(row, message) {
    const role = row.querySelector(".msg-role");
    role.textContent = this.staff[message.sender?.id] ?? "";
    if (!role.textContent) role.remove();
    if (!message.ai) row.querySelector(".msg-ai").remove();
    if (!message.faq) row.querySelector(".msg-faq").remove();
    if (!message.edited_at || message.deleted) row.querySelector(".msg-edited").remove();
    if (!message.pinned) row.querySelector(".msg-pinned").remove();
    row.querySelector(".msg-name").textContent = this.nameOf(message);
    const time = row.querySelector("time");
    time.dateTime = message.created_at;
    time.textContent = this.clock.format(new Date(message.created_at));
  }

  nameOf(message) {
    if (message.ai) return this.words.wordsTutor;
    return message.sender?.name ?? this.words.wordsNobody;
  }

  #parent(row, message) {
    const link = row.querySelector(".msg-parent");
    if (!message.reply_to) return link.remove();
    link.href = `#m-${message.reply_to}`;
    link.dataset.parent = message.reply_to;
    link.querySelector(".clip").textContent = this.#quote(message.reply_to);
  }

  /** What replies quote of a message follows what becomes of it: words that were taken away go. */
  requote(box, id) {
    const words = this.#quote(id);
    box.querySelectorAll(`.msg-parent[data-parent="${CSS.escape(id)}"] .clip`).forEach((clip) => (clip.textContent = words));
  }

  #quote(id) {
    const before = this.find(id);
    const name = before?.querySelector(".msg-name").textContent.trim();
    const said = before?.querySelector(".msg-text").textContent.trim() ?? "";
    const excerpt = said.length > EXCERPT ? `${said.slice(0, EXCERPT - 1)}…` : said;
    return name ? `${name}: ${excerpt}` : this.words.wordsEarlier;
  }

  #answer(row, message) {
    const list = row.querySelector(".cites");
    const [lesson, faq] = [...list.children];
    const citations = message.ai?.citations ?? [];
    list.replaceChildren(
      ...citations.map((one) => {
        const item = (one.lesson ? lesson : faq).cloneNode(true);
        const place = item.querySelector(".cite");
        if (one.lesson) place.href = `/c/${this.words.slug}/learn/${one.lesson}/#b-${one.block}`;
        if (one.quote) place.title = one.quote;
        place.querySelector(".clip").textContent = one.title || (one.lesson ? this.words.wordsPlace : this.words.wordsAnswered);
        return item;
      }),
    );
    if (!citations.length) list.remove();
    const by = message.ai && !message.deleted ? (message.ai.by_model ? "model" : "rules") : "";
    row.querySelectorAll(".msg-note").forEach((note) => note.dataset.by !== by && note.remove());
  }

  #asked(row, message, mine) {
    const [waiting, settled] = row.querySelectorAll(".msg-asked");
    const open = message.asked === "waiting" && !message.deleted;
    const failed = ["refused", "failed"].includes(message.asked) && !message.deleted;
    if (!open) waiting.remove();
    if (!failed) return settled.remove();
    settled.dataset.asked = message.asked;
    if (mine) row.dataset.askWhy = message.id;
  }

  /** The reactions that there are; `mine` are one's own, kept beside the states that all get. */
  #chips(row, message) {
    const list = row.querySelector(".msg-chips");
    const mine = this.mine.get(message.id) ?? new Set();
    [...list.children].forEach((item) => {
      const name = item.querySelector("[name=emoji]").value;
      const count = message.reactions[name] ?? 0;
      if (!count) return item.remove();
      const button = item.querySelector("button");
      button.value = mine.has(name) ? "0" : "1";
      button.setAttribute("aria-pressed", String(mine.has(name)));
      button.disabled = this.words.write !== "true";
      item.querySelector("[data-count]").textContent = count;
    });
    if (!list.children.length) list.remove();
  }

  #thread(row, message) {
    const link = row.querySelector(".msg-thread");
    if (!message.replies) return link.remove();
    const words = message.replies === 1 ? this.words.wordsReplyOne : this.words.wordsReplyMany;
    link.querySelector("[data-thread-words]").textContent = words.replace("%s", message.replies);
  }

  #tools(row, message, mine) {
    const tools = row.querySelector(".msg-tools");
    if (message.deleted) return tools.remove();
    const write = this.words.write === "true";
    const moderate = this.words.moderate === "true";
    const may = {
      react: write,
      reply: write,
      more: true,
      thread: true,
      direct: !mine && message.sender && (this.words.direct === "all" || (this.words.direct === "staff" && this.staff[message.sender.id])),
      edit: mine && write && Date.now() - new Date(message.created_at) < EDITED_WITHIN,
      pin: moderate,
      faq: this.words.promote === "true",
      report: !mine,
      delete: moderate || (mine && write),
    };
    tools.querySelectorAll("[data-tool]").forEach((tool) => may[tool.dataset.tool] || tool.remove());
    const pin = tools.querySelector("[data-tool=pin]");
    if (!pin) return;
    pin.elements.on.value = message.pinned ? "0" : "1";
    pin.querySelector("[data-pin-on]").hidden = message.pinned;
    pin.querySelector("[data-pin-off]").hidden = !message.pinned;
  }
}

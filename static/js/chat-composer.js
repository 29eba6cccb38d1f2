/** What the field below the room is about: a new message, a reply to one, or other words for one. */

export class Composer {
  constructor(root, log) {
    this.words = root.dataset;
    this.log = log;
    this.area = root.querySelector("#chat-body");
    this.about = root.querySelector("[data-chat-about]");
    this.editing = null;
    this.replyTo = "";
    root.querySelector("[data-chat-about-end]").addEventListener("click", () => this.end());
    this.area.addEventListener("keydown", (event) => event.key === "Escape" && this.active && this.end());
  }

  get active() {
    return Boolean(this.editing || this.replyTo);
  }

  /** Begin a reply to a row, or an edit of it; false when the page must do it by itself. */
  begin(what, row) {
    // A row that the server wrote has no source of its words on the page.
    if (what === "edit" && row.source === undefined) return false;
    this.end();
    row.querySelectorAll(".msg-pop[open]").forEach((pop) => pop.removeAttribute("open"));
    if (what === "edit") {
      this.editing = row;
      this.put(row.source);
      this.say(this.words.wordsEdit);
    } else {
      this.replyTo = row.dataset.id;
      this.say(this.words.wordsReply.replace("%s", row.querySelector(".msg-name").textContent.trim()));
    }
    this.area.focus();
    return true;
  }

  end() {
    if (this.editing) this.put("");
    this.editing = null;
    this.replyTo = "";
    this.about.hidden = true;
  }

  say(words) {
    this.about.hidden = false;
    this.about.querySelector("[data-chat-about-words]").textContent = words;
  }

  put(text) {
    this.area.value = text;
    this.area.dispatchEvent(new Event("input"));
  }
}

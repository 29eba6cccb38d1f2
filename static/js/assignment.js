/**
 * Saves the draft of an assignment while it is being typed, and says whether the server has it.
 *
 * Drafts are numbered: the server refuses a lower number, so nothing old overwrites something new,
 * also of another tab, device or group member. Without JavaScript the same form saves by a button.
 */
import { api } from "cairn/requests";

const TYPING_PAUSE = 1200;
const RETRY = 5000;

class Draft {
  constructor(form) {
    this.form = form;
    this.words = form.dataset;
    this.state = document.getElementById(form.dataset.state ?? "");
    this.seq = form.elements.namedItem("seq");
    this.kept = this.typed();
    this.timer = null;
    this.busy = null;
    this.stopped = false;
  }

  typed() {
    const read = (name) => this.form.elements.namedItem(name)?.value ?? "";
    return JSON.stringify({ text: read("text"), url: read("url") });
  }

  say(state, words) {
    if (!this.state) return;
    this.state.dataset.state = state;
    const holder = this.state.querySelector("[data-text]");
    if (holder) holder.textContent = words;
  }

  later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), pause);
  }

  async save() {
    if (this.stopped || this.busy || this.typed() === this.kept) return;
    const sent = this.typed();
    this.say("saving", this.words.saving);
    this.busy = this.send(JSON.parse(sent));
    try {
      await this.busy;
      this.kept = sent;
      this.say("saved", this.words.saved);
    } catch (error) {
      this.failed(error);
    } finally {
      this.busy = null;
    }
    if (!this.stopped && this.typed() !== this.kept) this.later(RETRY);
  }

  async send(typed) {
    if (!this.words.submission) {
      const made = await api("POST", "/api/v1/submissions/", { assignment: this.words.assignment });
      this.words.submission = made.id;
      if (made.draft.seq > Number(this.seq.value || 0)) this.seq.value = String(made.draft.seq);
    }
    const seq = Number(this.seq.value || 0) + 1;
    const saved = await api("PUT", `/api/v1/submissions/${this.words.submission}/draft/`, { ...typed, seq });
    this.seq.value = String(saved.seq);
  }

  failed(error) {
    const refused = error.status >= 400 && error.status < 500 && error.status !== 429;
    if (refused) {
      this.stopped = true;
      this.say("failed", `${this.words.refused}: ${error.message}`);
    } else this.say(navigator.onLine ? "failed" : "offline", navigator.onLine ? this.words.failed : this.words.offline);
  }
}

export function mount(form) {
  const draft = new Draft(form);
  let leaving = false;
  const onLeave = (event) => {
    if (!leaving && draft.typed() !== draft.kept) event.preventDefault();
  };
  const onOnline = () => draft.later(0);
  form.addEventListener("input", (event) => {
    if (event.target.type !== "file") draft.later(TYPING_PAUSE);
  });
  form.addEventListener("submit", async (event) => {
    clearTimeout(draft.timer);
    leaving = true;
    if (!draft.busy) return;
    // A save is under way: its number has to be known before the form goes.
    event.preventDefault();
    await draft.busy.catch(() => {});
    form.requestSubmit(event.submitter);
  });
  addEventListener("beforeunload", onLeave);
  addEventListener("online", onOnline);
  return () => {
    clearTimeout(draft.timer);
    removeEventListener("beforeunload", onLeave);
    removeEventListener("online", onOnline);
  };
}

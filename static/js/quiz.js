/**
 * Saves each answer of an attempt as it is given, and says whether the server has it.
 *
 * An answer that the server has not acknowledged stays in localStorage under the attempt, with its
 * number, and is sent again until it is: after a lost connection, a reload, a new sign-in. Numbers
 * rise per question; the server refuses a lower one, so nothing old overwrites something new.
 * The countdown uses the server's clock (`timer.js`); what the server says of the deadline holds.
 *
 * A form shows one page of the attempt. What waits of other pages is sent from here as well. Before
 * another page is opened all is sent; one that is left for good asks first.
 */
import { readAnswer } from "cairn/answers";
import { askFirst } from "cairn/ask-first";
import { Checks } from "cairn/checks";
import { Elsewhere, said, show } from "cairn/elsewhere";
import { Kept } from "cairn/kept";
import { api } from "cairn/requests";

const TYPED = '[data-answer][type="text"], textarea[data-answer]';
const TYPING_PAUSE = 600;
const RETRY_FIRST = 2000;
const RETRY_MOST = 30000;
const FINAL = new Set(["deadline_passed", "attempt_closed"]);
const ICONS = { saved: "check", saving: "refresh-cw", failed: "triangle-alert", offline: "cloud-off" };
const WARNINGS = [
  [300, "soon"],
  [60, "last"],
];

class Quiz {
  constructor(form) {
    this.form = form;
    this.words = form.dataset;
    this.state = form.querySelector("#quiz-state");
    this.said = form.querySelector("[data-said]");
    this.timer = form.querySelector('[role="timer"]');
    this.sections = new Map(
      [...form.querySelectorAll("[data-question]")].map((one) => [one.dataset.question, one]),
    );
    this.seqs = new Map([...this.sections].map(([id, one]) => [id, Number(one.dataset.seq)]));
    this.given = new Map([...this.sections].map(([id, one]) => [id, JSON.stringify(said(one))]));
    this.elsewhere = new Elsewhere(this);
    this.checks = new Checks(this);
    this.kept = new Kept(form.dataset.attempt);
    this.busy = new Set();
    this.refused = new Set();
    this.lost = new Set();
    this.typing = new Map();
    this.retryAfter = RETRY_FIRST;
    this.leaving = false;
    this.over = false;
    this.warned = new Set();
  }

  start() {
    this.stops = [
      this.on(this.form, "input", (event) => this.onInput(event)),
      this.on(this.form, "change", (event) => this.onChange(event)),
      this.on(this.form, "click", (event) => this.onClick(event)),
      this.on(this.form, "submit", (event) => this.onSubmit(event)),
      this.on(window, "focus", () => this.elsewhere.look()),
      this.on(this.form, "cairn:time-up", () => this.timeUp()),
      this.on(window, "online", () => this.sendAll()),
      this.on(window, "offline", () => this.show("offline")),
      this.on(window, "beforeunload", (event) => this.onLeave(event)),
      this.on(document, "visibilitychange", () => this.flushTyping()),
      this.on(document.getElementById("hand-in"), "submit", () => this.leave()),
      this.on(document.getElementById("move-on"), "submit", () => this.leave()),
    ];
    this.clock = setInterval(() => this.warn(), 1000);
    this.restore();
    return () => {
      this.stops.forEach((stop) => stop());
      clearInterval(this.clock);
      clearTimeout(this.retry);
    };
  }

  on(target, name, act) {
    target?.addEventListener(name, act);
    return () => target?.removeEventListener(name, act);
  }

  /** Answers kept from before: send them, unless the server has a newer one. */
  restore() {
    let again = 0;
    for (const [id, entry] of Object.entries(this.kept.waiting)) {
      const section = this.sections.get(id);
      if (entry.seq < (this.seqs.get(id) ?? 0)) {
        this.kept.drop(id, entry.seq);
        continue;
      }
      this.mark(id, entry.answer);
      this.seqs.set(id, entry.seq);
      again += 1;
      if (!section) continue;
      show(section, entry);
      if (entry.check) this.checks.wait(section, true);
      this.given.set(id, JSON.stringify(said(section)));
    }
    if (again) this.say(this.words.restored);
    this.sendAll();
  }

  onInput(event) {
    if (!event.target.matches(TYPED)) return;
    const id = event.target.closest("[data-question]").dataset.question;
    clearTimeout(this.typing.get(id));
    this.typing.set(id, setTimeout(() => this.keep(id), TYPING_PAUSE));
    this.show("saving");
  }

  onChange(event) {
    const section = event.target.closest("[data-question]");
    if (!section) return;
    const id = section.dataset.question;
    if (event.target.matches("[data-flag]")) this.flag(id, event.target.checked);
    else if (event.target.matches("[data-answer], [data-certainty]")) {
      clearTimeout(this.typing.get(id));
      this.typing.delete(id);
      this.keep(id);
    }
  }

  flushTyping() {
    for (const [id, handle] of this.typing) {
      clearTimeout(handle);
      this.keep(id);
    }
    this.typing.clear();
  }

  keep(id) {
    this.typing.delete(id);
    const now = said(this.sections.get(id));
    if (this.given.get(id) === JSON.stringify(now)) {
      this.tell();
      return;
    }
    this.queue(id, now);
  }

  /** Keep what a question says under its next number, and send it. */
  queue(id, entry) {
    this.given.set(id, JSON.stringify(said(this.sections.get(id))));
    const seq = this.seqs.get(id) + 1;
    this.seqs.set(id, seq);
    this.kept.put(id, { ...entry, seq });
    this.refused.delete(id);
    this.mark(id, entry.answer);
    this.send(id);
  }

  onClick(event) {
    const section = event.target.closest("[data-question]");
    if (!section) return;
    const id = section.dataset.question;
    if (event.target.closest("[data-check]")) {
      event.preventDefault();
      this.checks.ask(id);
    }
    const take = event.target.closest("[data-take]");
    if (take) this.elsewhere.take(id, take.dataset.take);
  }

  sendAll() {
    clearTimeout(this.retry);
    this.waitingToRetry = false;
    for (const id of Object.keys(this.kept.waiting)) this.send(id);
    this.tell();
  }

  async send(id) {
    if (this.over || this.busy.has(id) || this.refused.has(id)) return;
    const entry = this.kept.waiting[id];
    if (!entry) return;
    this.busy.add(id);
    this.show("saving");
    try {
      const { check, ...body } = entry;
      const saved = check
        ? await api("POST", `${this.words.url}checks/${id}/`, body)
        : await api("PUT", `${this.words.url}answers/${id}/`, body);
      this.retryAfter = RETRY_FIRST;
      this.kept.drop(id, entry.seq);
      this.problem(id, "");
      if (this.sections.has(id)) this.elsewhere.done(id, entry, saved.saved_at);
      this.moveDeadline(saved.deadline);
      if (check && this.sections.has(id)) await this.checks.show(id);
    } catch (error) {
      await this.onRefusal(id, entry, error);
    } finally {
      this.busy.delete(id);
    }
    if (this.kept.waiting[id] && !this.refused.has(id) && !this.waitingToRetry) this.send(id);
    else this.tell();
  }

  async onRefusal(id, entry, error) {
    const code = error.data?.code;
    if (FINAL.has(code)) {
      this.kept.waiting = {};
      this.kept.write();
      this.finish();
    } else if (code === "page_left" || error.status === 404) this.lose(id, error.message);
    // Of another page: it stays here, and is settled when that page is opened.
    else if (!this.sections.has(id) && [400, 409].includes(error.status)) this.refused.add(id);
    else if (code === "stale_seq") await this.elsewhere.lost(id, entry);
    else if (code === "question_final" || code === "not_checked") {
      this.kept.drop(id, entry.seq);
      this.leave();
      location.reload();
    } else if (error.status === 400) {
      if (entry.check) this.checks.wait(this.sections.get(id), false);
      this.refused.add(id);
      this.problem(id, error.message);
    } else this.later(error.status);
  }

  /** The page of a question was left for good, here or elsewhere: its answer stays as it was. */
  lose(id, words) {
    this.kept.drop(id, this.kept.waiting[id]?.seq);
    this.lost.add(id);
    this.problem(id, words);
    this.say(words);
  }

  later(status) {
    if (Object.values(this.kept.waiting).some((entry) => entry.check)) this.say(this.words.checkWaits);
    const text = status === 401 || status === 403 ? this.words.signedOut : undefined;
    this.show(navigator.onLine && status ? "failed" : "offline", text);
    this.waitingToRetry = true;
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.sendAll(), this.retryAfter);
    this.retryAfter = Math.min(this.retryAfter * 2, RETRY_MOST);
  }

  async flag(id, flagged) {
    const link = this.link(id);
    link?.classList.toggle("is-flagged", flagged);
    if (link) link.querySelector("[data-flag-mark]").textContent = flagged ? this.words.flaggedWord : "";
    try {
      const saved = await api("PUT", `${this.words.url}flags/${id}/`, { flagged });
      this.seqs.set(id, Math.max(this.seqs.get(id), saved.seq));
    } catch (error) {
      if (FINAL.has(error.data?.code)) this.finish();
    }
  }

  link(id) {
    return this.form.querySelector(`.quiz-nav [data-for="${id}"]`);
  }

  mark(id, answer) {
    const link = this.link(id);
    if (!link) return;
    link.classList.toggle("is-answered", answer !== null);
    const word = this.form.querySelector("[data-answered-word]").dataset.answeredWord;
    link.querySelector("[data-mark]").textContent = answer === null ? "" : word;
  }

  problem(id, words) {
    const section = this.sections.get(id);
    if (!section) return;
    const line = section.querySelector("[data-problem]");
    line.hidden = !words;
    line.querySelector("[data-problem-text]").textContent = words;
    section.querySelector(TYPED)?.toggleAttribute("aria-invalid", Boolean(words));
  }

  tell() {
    if (this.waitingToRetry || this.over) return;
    if (this.refused.size || this.lost.size) this.show("failed", this.words.refused);
    else if (this.kept.size || this.typing.size) this.show("saving");
    else this.show("saved");
  }

  show(state, text = this.words[state]) {
    if (!this.state || (this.state.dataset.state === state && this.state.innerText === text)) return;
    this.state.dataset.state = state;
    const use = this.state.querySelector("use");
    use?.setAttribute("href", `${use.getAttribute("href").split("#")[0]}#${ICONS[state]}`);
    this.state.querySelector("[data-text]").textContent = text;
  }

  say(text) {
    this.said.textContent = text;
  }

  moveDeadline(deadline) {
    if (this.timer && deadline) this.timer.dataset.deadline = deadline;
  }

  warn() {
    const shown = this.timer?.querySelector("[data-time]")?.textContent ?? "";
    const left = shown.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
    if (!left) return;
    for (const [seconds, name] of WARNINGS) {
      if (left <= seconds && left > seconds - 5 && !this.warned.has(name)) {
        this.warned.add(name);
        this.say(this.words[name]);
      }
    }
  }

  async onSubmit(event) {
    const act = event.submitter?.value ?? "";
    const [verb, page, question] = act.split("-");
    if (!["hand", "page", "move"].includes(verb)) {
      this.leave();
      return;
    }
    event.preventDefault();
    this.flushTyping();
    this.refused.clear();
    this.sendAll();
    await this.settled(4000);
    if (verb === "page") this.turn(page, question);
    else if (act === "hand-in") askFirst(this, "hand-in", this.words.complete, this.words.waiting);
    else {
      const dialog = askFirst(this, "move-on", this.words.moveComplete, this.words.moveWaiting);
      dialog.querySelector('[type="submit"]').disabled = this.isWaiting;
    }
  }

  /** Open another page; what the server has not got yet is sent from there. */
  turn(page, question) {
    this.leave();
    const hash = question ? `#q${question}` : "";
    if (this.form.elements.page.value === page && hash) location.hash = hash;
    else location.assign(`${location.pathname}?page=${page}${hash}`);
  }

  async settled(milliseconds) {
    const until = performance.now() + milliseconds;
    while ((this.isWaiting || this.busy.size) && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** The questions of the map without an answer: those of this page as they stand now. */
  unanswered() {
    return [...this.form.querySelectorAll(".quiz-nav [data-for]")].filter((link) => {
      const section = this.sections.get(link.dataset.for);
      return section ? readAnswer(section) === null : !link.classList.contains("is-answered");
    });
  }

  /** Whether an answer is on its way that the server may still take. */
  get isWaiting() {
    const uploading = [...this.sections.values()].some((one) => one.querySelector("[data-uploads]"));
    return uploading || this.kept.size > this.refused.size;
  }

  leave() {
    this.leaving = true;
  }

  onLeave(event) {
    this.flushTyping();
    const uploading = this.form.querySelector("[data-uploads]");
    if (!this.leaving && !this.over && (this.kept.size || uploading)) event.preventDefault();
  }

  /** The clock is at nothing: send what was typed last, hand in, and look at what the server made of it. */
  async timeUp() {
    this.flushTyping();
    await this.settled(3000);
    try {
      await api("POST", `${this.words.url}submit/`);
    } catch {
      // The server handed in what it has, or does so when it is read next.
    }
    this.finish();
  }

  /** The attempt is closed: the review says what happened. */
  async finish() {
    if (this.over) return;
    this.flushTyping();
    await this.settled(1500);
    this.over = true;
    location.assign(this.words.review);
  }
}

export function mount(form) {
  return new Quiz(form).start();
}

/**
 * The conversation with the tutor: asks over the API and writes the answer as its events come.
 * A citation of the open lesson scrolls to its block and marks it. Screen readers hear a streamed
 * answer once, when it is whole. Without this file the form posts and the page comes back.
 */
import { csrf } from "cairn/requests";

const MARKED = 2500;

class Tutor {
  constructor(root) {
    this.root = root;
    this.words = root.dataset;
    this.log = root.querySelector("[data-tutor-log]");
    this.form = root.querySelector("[data-tutor-form]");
    this.status = root.querySelector("[data-tutor-said]");
    this.citeShape = root.querySelector("[data-tutor-cite]");
    this.tools = root.querySelector("[data-tutor-tools]");
    this.asking = null;
    root.addEventListener("click", (event) => this.followed(event));
    this.log.scrollTop = this.log.scrollHeight;
    if (!this.form) return;
    this.area = this.form.elements.message;
    this.askButton = this.form.querySelector("[data-tutor-ask]");
    this.stopButton = this.form.querySelector("[data-tutor-stop]");
    this.stopButton.addEventListener("click", () => this.stop());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.ask();
    });
    this.area.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.ask();
    });
  }

  async ask() {
    const message = this.area.value.trim();
    if (!message || this.busy) return;
    this.working(true);
    this.status.textContent = "";
    this.say("msg me", this.words.wordsYou, message);
    this.answer = this.say("msg", this.words.wordsTutor, "");
    this.answer.setAttribute("aria-busy", "true");
    this.text = this.answer.querySelector("[data-text]");
    this.text.textContent = this.words.wordsLooking;
    this.fresh = true;
    this.asked = message;
    this.write("");
    try {
      await this.listen(await this.send(message));
    } catch (error) {
      if (error.name === "AbortError") this.stopped();
      else this.failed(this.wordsFor(error));
    }
    this.answer.removeAttribute("aria-busy");
    this.working(false);
  }

  /** While an answer comes, its place in the form is taken by the button that stops it. */
  working(busy) {
    this.busy = busy;
    this.asking = busy ? new AbortController() : null;
    this.stopButton.hidden = !busy;
    this.askButton.hidden = busy;
  }

  stop() {
    this.asking?.abort();
    this.area.focus();
  }

  stopped() {
    if (this.fresh) this.text.textContent = "";
    const note = document.createElement("p");
    note.className = "small muted";
    note.textContent = this.words.wordsStopped;
    this.answer.append(note);
    this.status.textContent = this.words.wordsStopped;
    this.down();
  }

  async send(message) {
    const body = { course: this.words.course, message };
    if (this.words.lesson) body.lesson = this.words.lesson;
    if (this.words.conversation) body.conversation = this.words.conversation;
    const response = await fetch("/api/v1/ai/tutor/", {
      method: "POST",
      credentials: "same-origin",
      signal: this.asking.signal,
      headers: { Accept: "text/event-stream", "Content-Type": "application/json", "X-CSRFToken": csrf() },
      body: JSON.stringify(body),
    });
    if (response.ok) return response;
    const problem = await response.json().catch(() => ({}));
    throw new Error(problem.detail ?? this.words.wordsFailed);
  }

  async listen(response) {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let held = "";
    let ended = false;
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      held += value;
      const whole = held.split("\n\n");
      held = whole.pop();
      for (const one of whole) ended = this.hear(one) || ended;
    }
    if (!ended) this.failed(this.brokenOff());
  }

  /** One event; true when it is the last. */
  hear(block) {
    const name = /^event: (.*)$/m.exec(block)?.[1];
    const data = JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? "{}");
    if (name === "token") this.token(data.text);
    else if (name === "citation") this.cite(data);
    else if (name === "error") this.failed(data.detail);
    else if (name === "done") this.done(data);
    return name === "done" || name === "error";
  }

  token(text) {
    if (this.fresh) this.text.textContent = "";
    this.fresh = false;
    this.text.textContent += text;
    this.down();
  }

  cite(citation) {
    let list = this.answer.querySelector(".cites");
    if (!list) {
      list = document.createElement("ul");
      list.className = "cites";
      list.setAttribute("aria-label", this.words.wordsWhere);
      this.answer.append(list);
    }
    const item = this.citeShape.content.cloneNode(true);
    const place = item.querySelector(".cite");
    if (citation.lesson) {
      const here = citation.lesson === this.words.lesson;
      const page = here ? "" : `/c/${this.words.slug}/learn/${citation.lesson}/`;
      place.href = `${page}#b-${citation.block}`;
      Object.assign(place.dataset, { block: citation.block, lesson: citation.lesson });
    }
    place.querySelector(".clip").textContent = citation.title || this.words.wordsPlace;
    if (citation.quote) place.title = citation.quote;
    list.append(item);
    this.down();
  }

  done(data) {
    this.text.textContent = data.answer;
    this.status.textContent = `${this.words.wordsTutor} ${data.answer}`;
    if (data.conversation) {
      this.words.conversation = data.conversation;
      this.form.elements.conversation.value = data.conversation;
    }
    if (data.exchange) this.judged(data);
    this.down();
  }

  /** The same buttons as under an answer that came with the page. */
  judged(data) {
    this.answer.dataset.exchange = data.exchange;
    const tools = this.tools.content.cloneNode(true);
    for (const one of tools.querySelectorAll("[action], [formaction], [id], [for]")) {
      for (const name of ["action", "formaction", "id", "for"]) {
        const value = one.getAttribute(name);
        if (value) one.setAttribute(name, value.replace("EXCHANGE", data.exchange));
      }
    }
    tools.querySelector("[data-by-model]").hidden = data.provider === "extractive";
    this.answer.append(tools);
  }

  /** What came stays, with a word that it is not the whole; the question is back to ask again. */
  failed(words) {
    if (this.fresh) this.text.textContent = words;
    else {
      const note = document.createElement("p");
      note.className = "small";
      note.textContent = words;
      this.answer.append(note);
    }
    this.status.textContent = words;
    this.answer.classList.add("is-failed");
    if (!this.area.value) this.write(this.asked);
    this.down();
  }

  /** A browser's own words for a dead connection help nobody. */
  wordsFor(error) {
    return error instanceof TypeError ? this.brokenOff() : error.message;
  }

  brokenOff() {
    return this.fresh ? this.words.wordsFailed : this.words.wordsBroken;
  }

  write(text) {
    this.area.value = text;
    this.area.dispatchEvent(new Event("input"));
  }

  say(kind, who, text) {
    const box = document.createElement("div");
    box.className = kind;
    const line = document.createElement("p");
    line.dir = "auto";
    const name = document.createElement("span");
    name.className = "sr";
    name.textContent = `${who} `;
    const words = document.createElement("span");
    words.dataset.text = "";
    words.textContent = text;
    line.append(name, words);
    box.append(line);
    this.log.append(box);
    this.down();
    return box;
  }

  down() {
    this.log.scrollTop = this.log.scrollHeight;
  }

  followed(event) {
    const link = event.target.closest("a.cite");
    if (!link || link.dataset.lesson !== this.words.lesson) return;
    const block = document.getElementById(`b-${link.dataset.block}`);
    if (!block) return;
    event.preventDefault();
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    block.scrollIntoView({ block: "center", behavior: still ? "auto" : "smooth" });
    block.tabIndex = -1;
    block.focus({ preventScroll: true });
    block.classList.add("is-cited");
    setTimeout(() => block.classList.remove("is-cited"), MARKED);
  }
}

export function mount(root) {
  const tutor = new Tutor(root);
  return () => tutor.asking?.abort();
}

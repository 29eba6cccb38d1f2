/**
 * Two tabs or devices at one attempt: nothing that one of them saved is lost without a word.
 *
 * When a number is taken already, the question says what was answered elsewhere and when, and which
 * of the two stays is chosen. A page that gets the focus asks whether something was saved meanwhile;
 * the server answers 304 as long as nothing was.
 */
import { readAnswer, showAnswer } from "cairn/answers";
import { api } from "cairn/requests";

/** What the inputs of a question say: its answer, and how sure its learner is where that is asked. */
export function said(section) {
  const answer = readAnswer(section);
  if (!section.querySelector("[data-certainty]")) return { answer };
  const sure = section.querySelector("[data-certainty]:checked");
  return { answer, certainty: sure ? Number(sure.value) : null };
}

/** Put an answer into the inputs. */
export function show(section, entry) {
  showAnswer(section, entry.answer);
  for (const radio of section.querySelectorAll("[data-certainty]")) {
    radio.checked = Number(radio.value) === entry.certainty;
  }
}

/** Whether two say the same; which options are chosen has no order. */
function isSame(section, mine, other) {
  const plain = (answer) =>
    JSON.stringify(section.dataset.kind === "multiple_choice" ? answer?.toSorted() ?? null : answer);
  return (
    plain(mine.answer) === plain(other.answer) && (mine.certainty ?? null) === (other.certainty ?? null)
  );
}

/** An answer in the words of the page, cut short. */
function words(section, answer, none) {
  if (answer === null || answer === undefined) return none;
  const wordOf = (value) => {
    const input = [...section.querySelectorAll("input[data-answer], option")].find(
      (one) => one.value === String(value),
    );
    return (input?.closest("label") ?? input)?.textContent.trim() || String(value);
  };
  const parts = typeof answer === "object" ? Object.values(answer) : [answer];
  const text = parts.map(wordOf).join("; ");
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

export class Elsewhere {
  constructor(quiz) {
    this.quiz = quiz;
    this.theirs = new Map();
    this.known = new Map();
    for (const [id, section] of quiz.sections) this.known.set(id, { said: said(section) });
    this.etag = "";
  }

  /** An answer of this page was saved, or chosen: what was found elsewhere is settled. */
  done(id, entry, at = undefined) {
    this.known.set(id, { said: entry, at });
    this.theirs.delete(id);
    this.box(id).hidden = true;
  }

  box(id) {
    return this.quiz.sections.get(id).querySelector("[data-elsewhere-box]");
  }

  async standing() {
    const headers = this.etag ? { "If-None-Match": this.etag } : {};
    const answer = await fetch(`${this.quiz.words.url}answers/`, {
      credentials: "same-origin",
      cache: "no-store",
      headers: { Accept: "application/json", ...headers },
    });
    if (!answer.ok) return null;
    this.etag = answer.headers.get("ETag") ?? "";
    return answer.json();
  }

  /** The page got the focus: take what is newer where nothing waits here, ask where something does. */
  async look() {
    if (this.quiz.over || this.looking) return;
    this.looking = true;
    try {
      const found = await this.standing();
      if (!found) return;
      if (found.state !== "open") this.quiz.finish();
      for (const one of found.answers) this.compare(one);
    } catch {
      // No connection: whatever is saved next tells.
    } finally {
      this.looking = false;
    }
  }

  compare(one) {
    const section = this.quiz.sections.get(one.id);
    if (!section || one.seq <= this.quiz.seqs.get(one.id) || this.quiz.busy.has(one.id)) return;
    if (this.isOwn(one) || isSame(section, said(section), one)) {
      this.quiz.seqs.set(one.id, one.seq);
      return;
    }
    if (one.final) {
      this.quiz.leave();
      location.reload();
    } else this.ask(one);
  }

  /** Whether an answer is the one that this page had from the server or gave to it. */
  isOwn(one) {
    const known = this.known.get(one.id);
    const section = this.quiz.sections.get(one.id);
    return (known.at && known.at === one.answered_at) || isSame(section, known.said, one);
  }

  /** An answer of this page came too late: the number was taken elsewhere. */
  async lost(id, entry) {
    try {
      const found = await api("GET", `${this.quiz.words.url}answers/`);
      const one = found.answers.find((answer) => answer.id === id);
      const section = this.quiz.sections.get(id);
      if (!one) throw Object.assign(new Error("gone"), { status: 404 });
      if (entry.check) this.quiz.checks.wait(section, false);
      if (this.isOwn(one) || isSame(section, said(section), one)) {
        this.quiz.seqs.set(id, Math.max(one.seq, this.quiz.seqs.get(id)));
        this.quiz.kept.drop(id, entry.seq);
        if (entry.check) this.quiz.checks.ask(id);
        else this.quiz.queue(id, said(section));
      } else if (one.final) {
        this.quiz.kept.drop(id, entry.seq);
        this.quiz.leave();
        location.reload();
      } else this.ask(one);
    } catch (error) {
      this.quiz.later(error.status);
    }
  }

  ask(one) {
    const section = this.quiz.sections.get(one.id);
    this.theirs.set(one.id, one);
    this.quiz.refused.add(one.id);
    const at = one.answered_at ? new Date(one.answered_at) : null;
    const when = at ? at.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }) : "";
    const answer = words(section, one.answer, this.quiz.words.none);
    section.querySelector("[data-elsewhere-words]").textContent =
      `${this.quiz.words.elsewhere} ${when}: ${answer}`;
    this.box(one.id).hidden = false;
    this.quiz.tell();
  }

  /** The learner chose which of the two answers stays. */
  take(id, which) {
    const one = this.theirs.get(id);
    if (!one) return;
    const { quiz } = this;
    const section = quiz.sections.get(id);
    quiz.seqs.set(id, Math.max(one.seq, quiz.seqs.get(id)));
    quiz.refused.delete(id);
    this.done(id, one, one.answered_at);
    if (which === "theirs") {
      delete quiz.kept.waiting[id];
      quiz.kept.write();
      show(section, one);
      quiz.given.set(id, JSON.stringify(said(section)));
      quiz.mark(id, one.answer);
      quiz.tell();
    } else quiz.queue(id, said(section));
    section.querySelector("[data-answer]")?.focus();
  }
}

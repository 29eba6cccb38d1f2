/**
 * Checking answers while an attempt runs. A check waits and is sent again like an answer, under a
 * number of its own, so that a lost connection makes neither none nor two of it.
 */
import { readAnswer } from "cairn/answers";

const AGAIN = 2000;

export class Checks {
  constructor(quiz) {
    this.quiz = quiz;
  }

  /** Have the answer of a question checked. */
  ask(id) {
    const { quiz } = this;
    const section = quiz.sections.get(id);
    clearTimeout(quiz.typing.get(id));
    quiz.typing.delete(id);
    const answer = readAnswer(section);
    quiz.problem(id, answer === null ? quiz.words.empty : "");
    if (answer === null || section.querySelector("[data-inputs]").disabled) return;
    this.wait(section, true);
    quiz.queue(id, { answer, check: true });
  }

  /** While a check is under way nothing of its question can change. */
  wait(section, waits) {
    section.querySelector("[data-inputs]").disabled = waits;
    section.querySelector("[data-check]")?.toggleAttribute("disabled", waits);
    if (waits) section.setAttribute("aria-busy", "true");
    else section.removeAttribute("aria-busy");
  }

  /** Put what a check found below its question, in the server's own words. */
  async show(id) {
    const section = this.quiz.sections.get(id);
    const place = section.querySelector("[data-checked]");
    try {
      const answer = await fetch(place.dataset.url, { credentials: "same-origin" });
      if (!answer.ok) {
        this.quiz.leave();
        location.reload();
        return;
      }
      place.innerHTML = await answer.text(); // our own template, escaped
    } catch {
      setTimeout(() => this.show(id), AGAIN);
      return;
    }
    this.wait(section, false);
    if (!place.querySelector("[data-final]")) {
      section.querySelector("[data-check]").focus({ preventScroll: true });
      return;
    }
    section.querySelector("[data-inputs]").disabled = true;
    section.querySelector("[data-check-row]")?.remove();
    place.tabIndex = -1;
    place.focus({ preventScroll: true });
  }
}

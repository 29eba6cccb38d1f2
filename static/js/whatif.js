/**
 * "What if": the learner's own numbers, sent to be worked out as the course works out its totals;
 * nothing is stored, neither here nor there.
 */
import { api } from "cairn/requests";

export function mount(form) {
  const answer = form.querySelector("[data-answer]");
  const words = JSON.parse(form.dataset.words);
  const first = answer.textContent;
  let turn = 0;
  let asked = 0;
  form.querySelectorAll("[data-try]").forEach((one) => (one.hidden = false));

  const ask = async () => {
    const scores = {};
    for (const input of form.querySelectorAll(".gb-try")) {
      input.removeAttribute("aria-invalid");
      if (input.value.trim() !== "") scores[input.name] = input.value.trim().replace(",", ".");
    }
    // The answer stays in sight as soon as there is one to look at.
    answer.closest("[data-try]").toggleAttribute("data-on", Object.keys(scores).length > 0);
    if (!Object.keys(scores).length) {
      answer.textContent = first;
      return;
    }
    const mine = ++asked;
    try {
      const data = await api("POST", form.dataset.url, { scores });
      if (mine !== asked) return;
      const shown = data.total === null ? "–" : `${Number(data.total).toFixed(2)} % ${data.level}`.trim();
      answer.textContent = words.would.replace("%s", shown);
    } catch {
      if (mine === asked) answer.textContent = words.refused;
    }
  };
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => {
    clearTimeout(turn);
    turn = setTimeout(ask, 300);
  });
  form.addEventListener("reset", () => {
    asked += 1;
    answer.textContent = first;
    answer.closest("[data-try]").removeAttribute("data-on");
  });
}

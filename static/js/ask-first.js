/**
 * The question before an attempt is handed in or a page of it is left for good: it names what has no
 * answer, what was refused, and says so while an answer is on its way.
 */
export function askFirst(quiz, name, complete, waiting) {
  const dialog = document.getElementById(name);
  const open = quiz.unanswered();
  const words = dialog.querySelector("[data-words]");
  const bad = [...quiz.refused].map((id) => quiz.link(id)).filter((one) => one && !open.includes(one));
  words.textContent = open.length ? quiz.words.unanswered : complete;
  if (bad.length) words.textContent = quiz.words.look;
  if (quiz.isWaiting) words.textContent = `${waiting} ${open.length ? quiz.words.unanswered : ""}`;
  dialog.querySelector("[data-list]").replaceChildren(
    ...[...bad, ...open].map((link) => {
      const row = document.createElement("li");
      row.className = "badge warn";
      row.textContent = `${quiz.words.questionWord} ${link.dataset.ordinal}`;
      return row;
    }),
  );
  dialog.showModal();
  return dialog;
}

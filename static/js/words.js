/**
 * Counts the words of a text field and says when there are fewer or more than asked.
 *
 * A word is a run of characters between white space that holds a letter or a digit, as on the server.
 */
const WORD = /[\p{L}\p{N}]/u;

export function countWords(text) {
  return text.split(/\s+/u).filter((word) => WORD.test(word)).length;
}

export function mount(element) {
  const field = element.querySelector("textarea");
  const line = element.querySelector("[data-count]");
  const words = element.dataset;
  const fewest = Number(words.fewest);
  const most = Number(words.most);
  const limit = most ? `${fewest || 0}–${most}` : fewest ? `${fewest}+` : "";

  const tell = () => {
    const count = countWords(field.value);
    const long = most > 0 && count > most;
    const note = long ? words.long : count && count < fewest ? words.short : "";
    line.textContent = `${count}${limit ? ` / ${limit}` : ""} ${words.words}${note ? `, ${note}` : ""}`;
    line.toggleAttribute("data-over", long);
  };
  const section = element.closest("[data-question]");
  field.addEventListener("input", tell);
  section?.addEventListener("cairn:shown", tell);
  line.hidden = false;
  tell();
  return () => {
    field.removeEventListener("input", tell);
    section?.removeEventListener("cairn:shown", tell);
  };
}

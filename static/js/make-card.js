// The way from a lesson to a new flashcard takes along what is marked in the text, as its back.

const MOST = 1000;

export function mount(root) {
  const link = root.querySelector("a");
  const hint = root.querySelector("[data-make-card-hint]");
  const text = document.querySelector("main");
  const note = () => {
    const chosen = document.getSelection();
    const here = chosen && !chosen.isCollapsed && text?.contains(chosen.anchorNode);
    const words = here ? chosen.toString().trim().slice(0, MOST) : "";
    const to = new URL(link.href);
    if (words) to.searchParams.set("back", words);
    else to.searchParams.delete("back");
    link.href = to.href;
    hint.hidden = !words;
  };
  document.addEventListener("selectionchange", note);
  return () => document.removeEventListener("selectionchange", note);
}

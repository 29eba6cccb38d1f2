/** A form that warns before typed words are lost, and says whether there are any. */
export function mount(form) {
  const state = document.getElementById(form.dataset.state ?? "");
  let dirty = false;
  const mark = (now) => {
    dirty = now;
    if (!state) return;
    state.dataset.state = now ? "dirty" : "saved";
    const words = state.querySelector("[data-text]");
    if (words) words.textContent = now ? form.dataset.dirty : form.dataset.saved;
  };
  const onLeave = (event) => {
    if (dirty) event.preventDefault();
  };
  form.addEventListener("input", () => mark(true));
  form.addEventListener("submit", () => {
    dirty = false;
  });
  addEventListener("beforeunload", onLeave);
  document.addEventListener("keydown", (event) => {
    if (event.key === "s" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  return () => removeEventListener("beforeunload", onLeave);
}

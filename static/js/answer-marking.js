/**
 * The keyboard of marking: Ctrl+Enter keeps the mark and goes on, J and K go to the next and the
 * previous answer while no field has the focus.
 */
const STEPS = { j: "following", k: "previous" };

export function mount(form) {
  const onKey = (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      if (!form.contains(event.target)) return;
      event.preventDefault();
      form.requestSubmit(form.querySelector('[name="act"][value="next"]'));
      return;
    }
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = STEPS[event.key.toLowerCase()];
    if (step) document.querySelector(`[data-step="${step}"]`)?.click();
  };
  document.addEventListener("keydown", onKey);
  const keys = form.querySelector("[data-keys]");
  keys.hidden = false;
  return () => document.removeEventListener("keydown", onKey);
}

// The review queue by keyboard: space shows the answer, 1 to 4 rate, u takes the last rating back.

const TYPED = "input, textarea, select, button, a, summary, [contenteditable]";

export function mount(root) {
  const press = (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const button = wanted(root, event);
    if (!button) return;
    event.preventDefault();
    button.click();
  };
  document.addEventListener("keydown", press);
  return () => document.removeEventListener("keydown", press);
}

function wanted(root, event) {
  const key = event.key;
  const busy = event.target instanceof Element && event.target.closest(TYPED);
  if (key === " " || key === "Enter") return busy ? null : root.querySelector("[data-review-show]");
  const typing = busy && busy.matches("textarea, select, input:not([type=radio], [type=checkbox])");
  if (typing) return null;
  if (/^[1-4]$/.test(key)) return root.querySelector(`[data-review-rating="${key}"]`);
  return key === "u" || key === "U" ? document.querySelector("[data-review-undo]") : null;
}

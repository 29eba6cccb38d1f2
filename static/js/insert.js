/**
 * A file of the lesson editor: its button puts the Markdown that shows the file at the cursor of
 * the text. Without JavaScript the Markdown itself is shown, to be copied.
 */
export function mount(element) {
  const button = element.querySelector("button");
  const code = element.querySelector("code");
  const area = document.getElementById(element.dataset.into);
  if (!button || !code || !area) return;
  button.hidden = false;
  code.hidden = true;
  button.addEventListener("click", () => {
    const { selectionStart: start, selectionEnd: end, value } = area;
    const gap = (text) => (text && !/\s$/.test(text) ? " " : "");
    const words = `${gap(value.slice(0, start))}${code.textContent}`;
    area.focus();
    area.setRangeText(words, start, end, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

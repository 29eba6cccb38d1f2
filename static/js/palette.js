/** The command palette: Ctrl-K or the search box opens it, arrows walk through the links. */
function visible(dialog) {
  return [...dialog.querySelectorAll("[data-palette-item]")].filter((item) => !item.hidden);
}

function narrow(dialog, words) {
  const needle = words.trim().toLocaleLowerCase();
  dialog.querySelectorAll("[data-palette-item]").forEach((item) => {
    item.hidden = !("paletteStay" in item.dataset) && Boolean(needle) && !item.textContent.toLocaleLowerCase().includes(needle);
  });
}

function walk(dialog, event) {
  if (event.key === "Escape") {
    event.preventDefault(); // a search field would only empty itself
    dialog.close();
    return;
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const stops = [dialog.querySelector("input"), ...visible(dialog)];
  const at = stops.indexOf(document.activeElement);
  stops[(at + step + stops.length) % stops.length].focus();
}

export function mount(dialog) {
  const input = dialog.querySelector("input");
  const open = () => {
    if (document.querySelector("dialog[open]")) return;
    dialog.showModal();
    input.select();
  };
  const onKey = (event) => {
    if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      open();
    }
  };
  const onClick = (event) => {
    const opener = event.target.closest("[data-palette]");
    if (!opener || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    open();
  };
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", onClick);
  dialog.addEventListener("keydown", (event) => walk(dialog, event));
  input.addEventListener("input", () => narrow(dialog, input.value));
  return () => {
    document.removeEventListener("keydown", onKey);
    document.removeEventListener("click", onClick);
  };
}

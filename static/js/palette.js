/**
 * The command palette: Ctrl-K or the search box opens it, arrows walk through the links. What is
 * typed narrows the pages and, after a moment, finds courses; one's own come first.
 */
const WAIT = 200;

/** Ask the server for courses once the typing rests; an answer to older words is dropped. */
function finder(dialog) {
  const holder = dialog.querySelector("[data-palette-found]");
  let timer = 0;
  let asked = null;
  return (words) => {
    clearTimeout(timer);
    asked?.abort();
    if (!holder) return;
    if (words.trim().length < 2) {
      holder.replaceChildren();
      return;
    }
    timer = setTimeout(async () => {
      asked = new AbortController();
      const url = `${holder.dataset.paletteFound}?${new URLSearchParams({ search: words.trim() })}`;
      try {
        const answer = await fetch(url, { signal: asked.signal, headers: { Accept: "text/html" } });
        if (answer.ok) holder.innerHTML = await answer.text(); // our own template, escaped
      } catch {
        // Gone or replaced by newer words: the links below still work.
      }
    }, WAIT);
  };
}

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
  const find = finder(dialog);
  input.addEventListener("input", () => {
    narrow(dialog, input.value);
    find(input.value);
  });
  return () => {
    document.removeEventListener("keydown", onKey);
    document.removeEventListener("click", onClick);
  };
}

/**
 * Choosing rows of the bank. Without this module the boxes and the button work as they are.
 *
 * A click with Shift chooses a range. With the focus on a box, the arrow keys go to the row above
 * or below (with Shift they choose it too), Ctrl-A chooses the page, Escape lets all go.
 */
export function mount(bar) {
  const list = document.querySelector("[data-bank-list]");
  const boxes = [...list.querySelectorAll('input[name="id"]')];
  const page = bar.querySelector('[data-select="page"]');
  const all = bar.querySelector('[data-select="all"]');
  const count = bar.querySelector('[data-select="count"]');
  const everything = bar.elements.namedItem("all");
  const total = Number(bar.dataset.total);
  const plain = count.textContent;
  let last = null;

  function show() {
    const chosen = boxes.filter((box) => box.checked).length;
    if (chosen < boxes.length) everything.disabled = true;
    page.checked = chosen === boxes.length;
    page.indeterminate = chosen > 0 && chosen < boxes.length;
    all.hidden = chosen < boxes.length || total === boxes.length || !everything.disabled;
    const number = everything.disabled ? chosen : total;
    bar.toggleAttribute("data-chosen", chosen > 0);
    count.textContent = chosen ? `${number} ${bar.dataset.some}` : plain;
  }

  function set(boxesToSet, on) {
    for (const box of boxesToSet) box.checked = on;
    show();
  }

  function range(to) {
    const from = last === null ? to : last;
    return boxes.slice(Math.min(from, to), Math.max(from, to) + 1);
  }

  list.addEventListener("click", (event) => {
    const at = boxes.indexOf(event.target);
    if (at < 0) return;
    if (event.shiftKey) set(range(at), event.target.checked);
    last = at;
    show();
  });
  list.addEventListener("keydown", (event) => {
    const at = boxes.indexOf(document.activeElement);
    if (at < 0) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const next = boxes[Math.max(0, Math.min(at + step, boxes.length - 1))];
      if (event.shiftKey) set([boxes[at], next], true);
      last = boxes.indexOf(next);
      next.focus();
    } else if (event.key === "Escape") {
      set(boxes, false);
    } else if (event.key.toLowerCase() === "a" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      set(boxes, true);
    }
  });
  page.addEventListener("change", () => set(boxes, page.checked));
  all.addEventListener("click", () => {
    everything.value = "1";
    everything.disabled = false;
    show();
  });
  page.hidden = false;
  show();
}

/** Rows of tabs, and `<details class="menu">`, which closes on Escape, on a click elsewhere, and when another one opens. */
function close(menu, focus) {
  if (!menu.open) return;
  menu.open = false;
  if (focus) menu.querySelector("summary")?.focus();
}

function items(menu) {
  return [...menu.querySelectorAll(".menu-pop :is(a, button):not([disabled])")];
}

function move(menu, event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const all = items(menu);
  if (!all.length) return;
  event.preventDefault();
  const at = all.indexOf(document.activeElement);
  all[(at + step + all.length) % all.length].focus();
}

/** Rows of tabs that are wider than the screen show the current one. */
function showTab() {
  document.querySelectorAll("nav.tabs").forEach((row) => {
    const current = row.querySelector("[aria-current]");
    if (!current || row.scrollWidth <= row.clientWidth) return;
    const [outer, inner] = [row.getBoundingClientRect(), current.getBoundingClientRect()];
    row.scrollLeft += inner.left + inner.width / 2 - (outer.left + outer.width / 2);
  });
}

export function start() {
  showTab();
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) close(menu, false);
    });
  });
  document.addEventListener("keydown", (event) => {
    const menu = document.activeElement?.closest?.("details.menu[open]");
    if (event.key === "Escape") {
      document.querySelectorAll("details.menu[open]").forEach((open) => close(open, open === menu));
    } else if (menu) {
      move(menu, event);
    }
  });
}

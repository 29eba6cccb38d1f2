/** Rows of tabs, and `<details class="menu">`, which closes on Escape, on a click elsewhere, and when another one opens. */
const GAP = 6;

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

/** A menu in a table that scrolls is drawn above everything, since the table would cut it off. */
function lift(event) {
  const menu = event.target;
  if (!menu.matches?.("details.menu") || !menu.closest(".table-wrap, .clips")) return;
  const pop = menu.querySelector(".menu-pop");
  pop.popover = "manual";
  if (!menu.open) {
    pop.hidePopover();
    return;
  }
  pop.showPopover();
  const [at, size] = [menu.getBoundingClientRect(), pop.getBoundingClientRect()];
  const below = at.bottom + GAP + size.height <= innerHeight;
  const left = getComputedStyle(menu).direction === "rtl" ? at.left : at.right - size.width;
  pop.style.top = `${below ? at.bottom + GAP : Math.max(GAP, at.top - GAP - size.height)}px`;
  pop.style.left = `${Math.min(Math.max(GAP, left), innerWidth - size.width - GAP)}px`;
}

function closeLifted() {
  document.querySelectorAll("details.menu[open]:has(> [popover])").forEach((menu) => close(menu, false));
}

export function start() {
  showTab();
  document.addEventListener("toggle", lift, true);
  addEventListener("scroll", closeLifted, { capture: true, passive: true });
  addEventListener("resize", closeLifted);
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

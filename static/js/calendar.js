// A month by keyboard: page up and page down turn the page, t leads to today, and arrow keys move
// from day to day in the grid.

const TYPED = "input, textarea, select, [contenteditable]";
const TURNS = { PageUp: "previous", PageDown: "next", t: "today", T: "today" };
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

export function mount(root) {
  const press = (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const target = event.target instanceof Element ? event.target : document.body;
    if (target.closest(TYPED) || document.querySelector("dialog[open]")) return;
    if (event.key in TURNS) turn(root, event);
    else if (event.key in STEPS) step(root, target, event);
  };
  document.addEventListener("keydown", press);
  return () => document.removeEventListener("keydown", press);
}

function turn(root, event) {
  const link = root.querySelector(`[data-calendar="${TURNS[event.key]}"]`);
  if (!link) return;
  event.preventDefault();
  link.click();
}

function step(root, target, event) {
  const days = [...root.querySelectorAll("[data-calendar-day]")];
  const here = days.indexOf(target.closest("[data-calendar-day]"));
  if (here < 0) return;
  let by = STEPS[event.key];
  if (Math.abs(by) === 1 && getComputedStyle(root).direction === "rtl") by = -by;
  // Days that are not shown, as on a phone, are passed over.
  for (let place = here + by; place >= 0 && place < days.length; place += by) {
    if (days[place].offsetParent === null) continue;
    event.preventDefault();
    days[place].focus();
    return;
  }
}

/** Panels behind tabs, as the ARIA pattern says. Without JavaScript every panel is shown. */
function choose(tabs, tab, focus) {
  for (const other of tabs) {
    const on = other === tab;
    other.setAttribute("aria-selected", String(on));
    other.tabIndex = on ? 0 : -1;
    const panel = document.getElementById(other.getAttribute("aria-controls"));
    if (panel) panel.hidden = !on;
  }
  if (focus) tab.focus();
}

export function mount(list) {
  const tabs = [...list.querySelectorAll('[role="tab"]')];
  if (!tabs.length) return;
  choose(tabs, tabs.find((tab) => tab.getAttribute("aria-selected") === "true") ?? tabs[0], false);
  list.addEventListener("click", (event) => {
    const tab = event.target.closest('[role="tab"]');
    if (tab) choose(tabs, tab, false);
  });
  list.addEventListener("keydown", (event) => {
    const at = tabs.indexOf(document.activeElement);
    if (at < 0) return;
    const turn = getComputedStyle(list).direction === "rtl" ? -1 : 1;
    const next = {
      ArrowRight: at + turn,
      ArrowLeft: at - turn,
      Home: 0,
      End: tabs.length - 1,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    choose(tabs, tabs[(next + tabs.length) % tabs.length], true);
  });
}

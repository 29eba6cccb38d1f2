/**
 * Panes of several apps in one place. Each is `<section class="player-pane" id="pane-x"
 * data-pane-title="Tutor">`; with more than one, tabs are put above them, and the one that was open
 * last is open again. Without JavaScript they stand below each other.
 */
const LAST = "cairn.player.pane";

export function mount(holder) {
  const panes = [...holder.querySelectorAll(":scope > .player-pane")];
  if (!panes.length) {
    const player = holder.closest(".player");
    player?.classList.remove("has-side");
    holder.hidden = true;
    return undefined;
  }
  if (panes.length === 1) return undefined;
  const list = document.createElement("div");
  list.className = "tabs";
  list.setAttribute("role", "tablist");
  list.setAttribute("aria-label", holder.getAttribute("aria-label") ?? "");
  const last = sessionStorage.getItem(LAST);
  const open = panes.find((pane) => pane.id === last) ?? panes[0];
  for (const pane of panes) {
    const tab = document.createElement("button");
    tab.type = "button";
    tab.id = `${pane.id}-tab`;
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", pane.id);
    tab.setAttribute("aria-selected", String(pane === open));
    tab.textContent = pane.dataset.paneTitle;
    tab.addEventListener("focus", () => sessionStorage.setItem(LAST, pane.id));
    pane.setAttribute("role", "tabpanel");
    pane.setAttribute("aria-labelledby", tab.id);
    list.append(tab);
  }
  holder.prepend(list);
  list.dataset.module = "tabs";
  return undefined;
}

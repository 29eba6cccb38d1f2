/**
 * Keys and focus mode of the player. Single keys can be switched off (WCAG 2.1.4); the choice is
 * kept on this device. They never act while something is typed or a dialog or video has the focus.
 */
const KEYS = "cairn.player.keys";
const FOCUS = "cairn.player.focus";

function busy(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return true;
  if (document.querySelector("dialog[open], details.menu[open]")) return true;
  const at = event.target;
  return at.closest?.('input, textarea, select, video, iframe, [contenteditable], [role="tab"], [role="log"]') !== null
    && at !== document.body;
}

function setFocus(on, button) {
  document.body.classList.toggle("is-focus", on);
  button?.setAttribute("aria-pressed", String(on));
  sessionStorage.setItem(FOCUS, on ? "1" : "");
}

/** Scroll the outline, never the page, to the current item. */
function showCurrent(player) {
  const outline = player.querySelector(".player-outline");
  const item = outline?.querySelector('.outline-item[aria-current="page"]');
  if (!item || outline.scrollHeight <= outline.clientHeight) return;
  outline.scrollTop = item.offsetTop - outline.offsetTop - outline.clientHeight / 3;
}

export function mount(player) {
  const button = document.querySelector("[data-focus-mode]");
  const toggle = document.querySelector("[data-keys-on]");
  if (toggle) {
    toggle.checked = localStorage.getItem(KEYS) !== "off";
    toggle.addEventListener("change", () => localStorage.setItem(KEYS, toggle.checked ? "on" : "off"));
  }
  setFocus(sessionStorage.getItem(FOCUS) === "1", button);
  button?.addEventListener("click", () => setFocus(!document.body.classList.contains("is-focus"), button));
  showCurrent(player);

  const rtl = document.documentElement.dir === "rtl";
  const forward = new Set(["j", rtl ? "ArrowLeft" : "ArrowRight"]);
  const back = new Set(["k", rtl ? "ArrowRight" : "ArrowLeft"]);
  const onKey = (event) => {
    if (localStorage.getItem(KEYS) === "off" || busy(event)) return;
    if (forward.has(event.key) && player.dataset.after) location.assign(player.dataset.after);
    else if (back.has(event.key) && player.dataset.before) location.assign(player.dataset.before);
    else if (event.key === "f") setFocus(!document.body.classList.contains("is-focus"), button);
  };
  document.addEventListener("keydown", onKey);
  return () => document.removeEventListener("keydown", onKey);
}

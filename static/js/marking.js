/**
 * The marking desk by hand and by keyboard: a selected passage becomes the place of a comment, a
 * kept comment fills the field, j and k go through the list, c writes a comment, m goes to the
 * mark. Single keys can be switched off (WCAG 2.1.4); the choice is kept on this device.
 */
const KEYS = "cairn.marking.keys";

/** Characters of a text before a node's offset, counted as the server does: by code point. */
function placeIn(root, node, offset) {
  const range = document.createRange();
  range.selectNodeContents(root);
  range.setEnd(node, offset);
  return [...range.toString()].length;
}

function selected(root) {
  const selection = document.getSelection();
  if (!selection?.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  if (!root.contains(range.startContainer) || !root.contains(range.endContainer)) return null;
  return {
    start: placeIn(root, range.startContainer, range.startOffset),
    end: placeIn(root, range.endContainer, range.endOffset),
    words: range.toString(),
  };
}

function busy(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return true;
  if (document.querySelector("dialog[open]")) return true;
  return Boolean(event.target.closest?.("input, textarea, select, iframe, [contenteditable]"));
}

export function mount(desk) {
  const text = desk.querySelector("[data-work]");
  const form = desk.querySelector("#comment");
  const quote = form?.querySelector("[data-quote]");
  const remember = () => {
    const found = text && form ? selected(text) : null;
    if (!found) return;
    form.elements.namedItem("start").value = String(found.start);
    form.elements.namedItem("end").value = String(found.end);
    quote.hidden = false;
    quote.textContent = found.words.length > 200 ? `${found.words.slice(0, 200)}…` : found.words;
  };
  form?.querySelector("[data-kept]")?.addEventListener("change", (event) => {
    const body = form.elements.namedItem("body");
    if (event.target.value) body.value = body.value ? `${body.value}\n${event.target.value}` : event.target.value;
    event.target.value = "";
    body.focus();
  });
  const choice = document.querySelector("[data-keys-switch]");
  if (choice) {
    choice.checked = localStorage.getItem(KEYS) !== "off";
    choice.addEventListener("change", () => localStorage.setItem(KEYS, choice.checked ? "on" : "off"));
  }
  const acts = {
    j: () => document.querySelector('[data-key="j"]')?.click(),
    k: () => document.querySelector('[data-key="k"]')?.click(),
    c: () => form?.elements.namedItem("body").focus(),
    m: () => desk.querySelector("#mark input:not([type=hidden]), #mark textarea")?.focus(),
  };
  const onKey = (event) => {
    if (localStorage.getItem(KEYS) === "off" || busy(event) || !acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  };
  document.addEventListener("selectionchange", remember);
  document.addEventListener("keydown", onKey);
  return () => {
    document.removeEventListener("selectionchange", remember);
    document.removeEventListener("keydown", onKey);
  };
}

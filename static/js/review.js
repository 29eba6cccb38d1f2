/**
 * The review queue by keyboard: j and k move between drafts, x ticks, e edits, a accepts, r opens
 * the rejection. Single keys can be switched off (WCAG 2.1.4); the choice is kept on this device.
 */
const KEYS = "cairn.review.keys";

function busy(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return true;
  if (document.querySelector("dialog[open], details.menu[open]")) return true;
  return event.target.closest?.('input:not([type="checkbox"]), textarea, select, [contenteditable]') !== null
    && event.target !== document.body;
}

export function mount(queue) {
  const keysLabel = queue.querySelector("[data-keys-switch]");
  const allLabel = queue.querySelector("[data-tick-all]");
  const keys = keysLabel?.querySelector("input");
  const all = allLabel?.querySelector("input");
  if (keys) {
    keysLabel.hidden = false;
    keys.checked = localStorage.getItem(KEYS) !== "off";
    keys.addEventListener("change", () => localStorage.setItem(KEYS, keys.checked ? "on" : "off"));
  }
  const ticks = () => [...queue.querySelectorAll('input[name="draft"]')];
  if (all) {
    allLabel.hidden = false;
    all.addEventListener("change", () => ticks().forEach((tick) => (tick.checked = all.checked)));
  }

  const cards = () => [...queue.querySelectorAll("[data-draft]")];
  const current = () => document.activeElement?.closest?.("[data-draft]");
  const move = (step) => {
    const list = cards();
    const at = list.indexOf(current());
    const next = list[Math.min(list.length - 1, Math.max(0, at < 0 ? 0 : at + step))];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };
  const acts = {
    j: () => move(1),
    k: () => move(-1),
    x: (card) => card?.querySelector('input[name="draft"]')?.click(),
    e: (card) => card?.querySelector("textarea")?.focus(),
    a: (card) => card?.querySelector('button[value="accept"]')?.click(),
    r: (card) => {
      const details = card?.querySelector("details:has(input[name=\"reason\"])");
      if (!details) return;
      details.open = true;
      details.querySelector('input[name="reason"]')?.focus();
    },
  };
  const onKey = (event) => {
    if (localStorage.getItem(KEYS) === "off" || busy(event) || !acts[event.key]) return;
    event.preventDefault();
    acts[event.key](current());
  };
  // A decision swaps the card: the focus goes with it, so that j and k go on from there.
  const swapped = new MutationObserver((records) => {
    for (const record of records) {
      for (const node of record.addedNodes) if (node.matches?.("[data-draft]")) node.focus();
    }
  });
  swapped.observe(queue, { childList: true });
  document.addEventListener("keydown", onKey);
  return () => {
    swapped.disconnect();
    document.removeEventListener("keydown", onKey);
  };
}

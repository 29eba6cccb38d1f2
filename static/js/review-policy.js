/**
 * The named review policies and the table of ticks say the same: choosing a name ticks its boxes,
 * ticking a box chooses "adjusted".
 */
export function mount(root) {
  const presets = JSON.parse(root.dataset.presets);
  const boxes = [...root.querySelectorAll("[data-moment]")];
  const byHand = root.querySelector('[name="by_hand"]');
  const names = [...root.querySelectorAll('[name="preset"]')];

  function onChange(event) {
    if (event.target.name === "preset") {
      const policy = presets[event.target.value];
      if (!policy) {
        root.querySelector("details").open = true;
        return;
      }
      for (const box of boxes) box.checked = policy[box.dataset.moment].includes(box.value);
      byHand.checked = policy.by_hand;
    } else if (boxes.includes(event.target) || event.target === byHand) {
      for (const one of names) one.checked = one.value === "custom";
    }
  }

  root.addEventListener("change", onChange);
  return () => root.removeEventListener("change", onChange);
}

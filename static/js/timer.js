/**
 * Counts down to `data-deadline` (ISO time of the server). `data-now` is the server's clock when
 * the page was made, so a wrong clock on this machine changes nothing. Sends "cairn:time-up" once.
 */
function clock(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const shown = parts[0] ? parts : parts.slice(1);
  return shown.map((n, i) => (i ? String(n).padStart(2, "0") : String(n))).join(":");
}

export function mount(element) {
  const output = element.querySelector("[data-time]") ?? element;
  const started = performance.now();
  const base = Date.parse(element.dataset.now || new Date().toISOString());
  let over = false;
  const tick = () => {
    const left = (Date.parse(element.dataset.deadline) - base - (performance.now() - started)) / 1000;
    output.textContent = clock(left);
    element.classList.toggle("soon", left > 0 && left <= Number(element.dataset.soon ?? 120));
    element.classList.toggle("over", left <= 0);
    if (left <= 0 && !over) {
      over = true;
      element.dispatchEvent(new CustomEvent("cairn:time-up", { bubbles: true }));
    }
  };
  tick();
  const handle = setInterval(tick, 500);
  return () => clearInterval(handle);
}

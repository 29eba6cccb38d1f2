/** Short words at the foot of the screen, with an optional act such as Undo. */
const LIFE = 7000;

function region() {
  return document.getElementById("toasts");
}

/** Show words for seven seconds; `act` is `{label, run}`. Returns the element. */
export function toast(words, act = null) {
  const holder = region();
  const element = document.createElement("div");
  element.className = "toast";
  const text = document.createElement("span");
  text.textContent = words;
  element.append(text);
  if (act) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn sm";
    button.textContent = act.label;
    button.addEventListener("click", () => {
      act.run();
      element.remove();
    });
    element.append(button);
  }
  holder?.append(element);
  live(element);
  return element;
}

/** Remove a toast after its time, but not while it is pointed at or holds the focus. */
function live(element) {
  const attempt = () => {
    if (!element.isConnected) return;
    if (element.matches(":hover, :focus-within")) setTimeout(attempt, 1500);
    else element.remove();
  };
  setTimeout(attempt, LIFE);
}

/** A toast the server rendered: it only needs its lifetime. */
export function mount(element) {
  const holder = region();
  if (holder && element.parentElement !== holder) holder.append(element);
  live(element);
}

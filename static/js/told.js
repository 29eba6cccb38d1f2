/**
 * Lets htmx refresh an element when the socket tells of its job: sends "cairn:told" to it, at once
 * for the first of several frames and once more after them. `data-job` is the job's id. Without a
 * socket the element's own polling goes on alone.
 */
const PAUSE = 400;

export function mount(element) {
  let turn = 0;
  let again = false;

  const tell = () => {
    element.dispatchEvent(new CustomEvent("cairn:told"));
    turn = setTimeout(() => {
      turn = 0;
      if (!again) return;
      again = false;
      tell();
    }, PAUSE);
  };
  const pushed = (event) => {
    if (event.detail.id !== element.dataset.job) return;
    if (turn) again = true;
    else tell();
  };
  document.addEventListener("cairn:job-frame", pushed);
  return () => {
    clearTimeout(turn);
    document.removeEventListener("cairn:job-frame", pushed);
  };
}

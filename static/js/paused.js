/** A break: when it is used up, the questions are back. */
export function mount(element) {
  const back = () => setTimeout(() => location.reload(), 1000);
  element.addEventListener("cairn:time-up", back, { once: true });
  return () => element.removeEventListener("cairn:time-up", back);
}

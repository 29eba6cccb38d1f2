/** How many conversations have something new, beside the bell, whose socket, or its clock without one, tells of it. */
import { api } from "cairn/requests";

export function mount(element) {
  const link = element.querySelector("a");
  const show = (count) => {
    const { none, one, many } = element.dataset;
    link.setAttribute("aria-label", count === 0 ? none : count === 1 ? one : many.replace("%s", count));
    let dot = link.querySelector(".count-dot");
    if (!count) return dot?.remove();
    if (!dot) {
      dot = Object.assign(document.createElement("span"), { className: "count-dot" });
      dot.setAttribute("aria-hidden", "true");
      link.append(dot);
    }
    dot.textContent = count > 99 ? "99+" : count;
    return undefined;
  };
  const ask = () => api("GET", "/api/v1/conversations/unread-count/").then((data) => show(data.count), () => {});
  let timer = 0;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 400);
  };
  document.addEventListener("cairn:direct-frame", soon);
  return () => {
    clearTimeout(timer);
    document.removeEventListener("cairn:direct-frame", soon);
  };
}

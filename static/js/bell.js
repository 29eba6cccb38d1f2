/**
 * The bell: how many notifications are unread, live. Frames of /ws/me/ carry ids alone, what they
 * mean is fetched. Without a socket the count is asked for each minute.
 */
import { api } from "cairn/requests";
import { Socket } from "cairn/socket";
import { toast } from "cairn/toast";

const ROOT = "/api/v1/notifications/";
const EVERY = 60000;
const SOON = 150;
const BURST = 1500;

export function mount(element) {
  const link = element.querySelector("a");

  const show = (count) => {
    const { none, one, many } = element.dataset;
    link.setAttribute("aria-label", count === 0 ? none : count === 1 ? one : many.replace("%s", count));
    let dot = link.querySelector(".count-dot");
    if (!count) return dot?.remove();
    if (!dot) {
      dot = document.createElement("span");
      dot.className = "count-dot";
      dot.setAttribute("aria-hidden", "true");
      link.append(dot);
    }
    dot.textContent = count > 99 ? "99+" : count;
  };
  const ask = () => api("GET", `${ROOT}unread-count/`).then((data) => show(data.count), () => {});
  let asking = 0;
  const askSoon = () => {
    clearTimeout(asking);
    asking = setTimeout(ask, SOON);
  };
  const announce = async (id) => {
    const notice = await api("GET", `${ROOT}${id}/`).catch(() => null);
    if (!notice) return;
    const open = () => api("POST", `${ROOT}${id}/read/`).finally(() => location.assign(notice.url || "/me/"));
    toast(notice.title, { label: element.dataset.open, run: open });
  };

  // A burst is one message: the first thing is named, what follows at once is counted.
  let burst = 0;
  let quiet = 0;
  const hear = (id) => {
    burst += 1;
    if (burst === 1) announce(id);
    clearTimeout(quiet);
    quiet = setTimeout(() => {
      const more = burst - 1;
      burst = 0;
      if (!more) return;
      const { one, many, list } = element.dataset;
      const words = more === 1 ? one : many.replace("%s", more);
      toast(words, { label: element.dataset.open, run: () => location.assign(list) });
    }, BURST);
  };

  const socket = new Socket("/ws/me/", {
    heard: (frame) => {
      if (["ready", "notification", "read"].includes(frame.type)) askSoon();
      if (frame.type === "notification") {
        hear(frame.id);
        document.dispatchEvent(new CustomEvent("cairn:notice-frame", { detail: frame }));
      }
      if (["ready", "direct"].includes(frame.type)) document.dispatchEvent(new CustomEvent("cairn:direct-frame", { detail: frame }));
      if (frame.type === "gradebook") document.dispatchEvent(new CustomEvent("cairn:gradebook-frame", { detail: frame }));
      if (frame.type === "job") document.dispatchEvent(new CustomEvent("cairn:job-frame", { detail: frame }));
    },
  });
  const poll = setInterval(() => {
    if (!socket.live && !socket.stopped && document.visibilityState === "visible") {
      ask();
      document.dispatchEvent(new CustomEvent("cairn:direct-frame", { detail: { type: "ready" } }));
    }
  }, EVERY);
  return () => {
    clearInterval(poll);
    clearTimeout(asking);
    clearTimeout(quiet);
    socket.stop();
  };
}

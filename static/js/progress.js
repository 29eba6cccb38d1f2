/**
 * Tells the server how long an item was really looked at: seconds with the page in front, sent
 * every 20 seconds and when the page is left, with the place to resume (seconds of the video, or
 * hundredths of the text). The server decides how much of it counts.
 */
import { csrf } from "cairn/requests";

const EVERY = 20;

export function mount(player) {
  const video = player.querySelector("video");
  let seconds = 0;
  let moved = false;

  const place = () => {
    if (video) return Math.floor(video.currentTime);
    const height = document.documentElement.scrollHeight - innerHeight;
    return height > 0 ? Math.min(100, Math.round((scrollY / height) * 100)) : 100;
  };
  const send = (leaving) => {
    if (!seconds && !moved) return;
    const body = new FormData();
    body.append("seconds", String(seconds));
    body.append("position", String(place()));
    body.append("csrfmiddlewaretoken", csrf());
    seconds = 0;
    moved = false;
    fetch(player.dataset.progressUrl, { method: "POST", body, keepalive: leaving }).catch(() => {});
  };
  const tick = setInterval(() => {
    if (document.visibilityState === "visible") seconds += 1;
    if (seconds >= EVERY) send(false);
  }, 1000);
  const onScroll = () => {
    moved = true;
  };
  const onHide = () => send(true);
  addEventListener("scroll", onScroll, { passive: true });
  addEventListener("pagehide", onHide);

  const resume = Number(player.dataset.position || 0);
  if (video && resume > 3) {
    video.addEventListener("loadedmetadata", () => {
      if (resume < video.duration - 5) video.currentTime = resume;
    }, { once: true });
  }
  return () => {
    clearInterval(tick);
    removeEventListener("scroll", onScroll);
    removeEventListener("pagehide", onHide);
  };
}

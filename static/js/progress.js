/**
 * Tells the server how long an item was really looked at: seconds with the page in front, sent
 * every 20 seconds and when the page is left, with the place to resume (seconds of the video, or
 * hundredths of the text). The server decides how much of it counts.
 */
import { csrf } from "cairn/requests";
import { toast } from "cairn/toast";

const EVERY = 20;

/**
 * Show the place in a text where the reader stopped, at once and without movement, and say so.
 * Pictures that arrive later change the height: so once more when all is loaded, unless the
 * reader has moved meanwhile.
 */
function goOn(percent, words) {
  if (scrollY > 0) return;
  const target = () => Math.round(((document.documentElement.scrollHeight - innerHeight) * percent) / 100);
  const jump = () => scrollTo({ top: target(), behavior: "instant" });
  const atOnce = target();
  if (atOnce < 40) return;
  jump();
  if (document.readyState !== "complete") {
    addEventListener("load", () => {
      if (Math.abs(scrollY - atOnce) < 4) jump();
    }, { once: true });
  }
  toast(words.resumed, { label: words.resumedTop, run: () => scrollTo({ top: 0, behavior: "instant" }) });
}

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
  } else if (player.dataset.resumed && resume > 2 && resume < 100 && !location.hash) {
    goOn(resume, player.dataset);
  }
  return () => {
    clearInterval(tick);
    removeEventListener("scroll", onScroll);
    removeEventListener("pagehide", onHide);
  };
}

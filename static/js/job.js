/**
 * Progress of a job: asks `data-job-url` (the API's job resource) until the job has ended, shows
 * progress and message (at once when a frame of the socket tells of it), then goes to
 * `data-done-url`, or sends "cairn:job" for htmx to refresh by.
 */
import { api } from "cairn/requests";

const ENDED = new Set(["succeeded", "failed", "cancelled"]);

export function mount(element) {
  const bar = element.querySelector("progress");
  const words = element.querySelector("[data-job-message]");
  const cancel = element.querySelector("[data-job-cancel]");
  let wait = 700;
  let stopped = false;
  let turn = 0;

  const show = (job) => {
    if (bar) bar.value = job.progress;
    if (words) words.textContent = job.error || job.message || element.dataset[job.state] || job.state;
    element.dataset.state = job.state;
  };
  const finish = (job) => {
    if (cancel) cancel.hidden = true;
    element.dispatchEvent(new CustomEvent("cairn:job", { bubbles: true, detail: job }));
    if (job.state === "succeeded" && element.dataset.doneUrl) location.assign(element.dataset.doneUrl);
  };
  const look = async () => {
    if (stopped || !element.isConnected) return;
    try {
      const job = await api("GET", element.dataset.jobUrl);
      show(job);
      if (ENDED.has(job.state)) return finish(job);
      wait = Math.min(wait * 1.25, 4000);
    } catch {
      wait = Math.min(wait * 2, 15000);
    }
    clearTimeout(turn);
    turn = setTimeout(look, wait);
  };
  cancel?.addEventListener("click", async () => {
    cancel.disabled = true;
    await api("POST", `${element.dataset.jobUrl}cancel/`).catch(() => (cancel.disabled = false));
  });
  // A frame of /ws/me/ says that something changed: look at once instead of at the next turn.
  const pushed = (event) => {
    if (!element.dataset.jobUrl.includes(`/${event.detail.id}/`)) return;
    clearTimeout(turn);
    look();
  };
  document.addEventListener("cairn:job-frame", pushed);
  look();
  return () => {
    stopped = true;
    clearTimeout(turn);
    document.removeEventListener("cairn:job-frame", pushed);
  };
}

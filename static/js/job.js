/**
 * Progress of a job: asks `data-job-url` (the API's job resource) until the job has ended, shows
 * progress and message, then goes to `data-done-url`, or sends "cairn:job" for htmx to refresh by.
 */
import { api } from "cairn/requests";

const ENDED = new Set(["succeeded", "failed", "cancelled"]);

export function mount(element) {
  const bar = element.querySelector("progress");
  const words = element.querySelector("[data-job-message]");
  const cancel = element.querySelector("[data-job-cancel]");
  let wait = 700;
  let stopped = false;

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
    setTimeout(look, wait);
  };
  cancel?.addEventListener("click", async () => {
    cancel.disabled = true;
    await api("POST", `${element.dataset.jobUrl}cancel/`).catch(() => (cancel.disabled = false));
  });
  look();
  return () => (stopped = true);
}

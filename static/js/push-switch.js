/** Switches push on in this browser, and says whether it is. */
import { api } from "cairn/requests";

const ROOT = "/api/v1/me/push-subscriptions/";

export async function mount(root) {
  const button = root.querySelector("[data-push-on]");
  const state = root.querySelector("[data-push-state]");
  if (!button || !("serviceWorker" in navigator) || !("PushManager" in window)) return;
  const say = (words) => {
    state.textContent = words;
  };
  say("");

  const known = await navigator.serviceWorker.getRegistration("/push/");
  const held = await known?.pushManager.getSubscription();
  // The site may have forgotten it, or it may be somebody else's who signed in here.
  const on = held && (await api("GET", ROOT).then((all) => all.results.some((one) => one.endpoint_tail === tail(held)), () => false));
  if (on) say(root.dataset.on);
  else button.hidden = false;

  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      if ((await Notification.requestPermission()) !== "granted") return say(root.dataset.refused);
      await subscribe();
      location.reload();
    } catch {
      say(root.dataset.failed);
    } finally {
      button.disabled = false;
    }
  });
}

async function subscribe() {
  const { key } = await api("GET", "/api/v1/me/push-key/");
  const registration = await navigator.serviceWorker.register("/push/worker.js", { scope: "/push/" });
  await ready(registration);
  await (await registration.pushManager.getSubscription())?.unsubscribe();
  const made = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const { endpoint, keys } = made.toJSON();
  await api("POST", ROOT, { endpoint, keys, name: browserName() });
}

/** Resolves once the worker is active: `ready` of the page waits for a worker of the page itself. */
function ready(registration) {
  const worker = registration.installing ?? registration.waiting;
  if (registration.active || !worker) return Promise.resolve();
  return new Promise((resolve) => {
    worker.addEventListener("statechange", () => worker.state === "activated" && resolve());
  });
}

function tail(subscription) {
  return subscription.endpoint.slice(-8);
}

function browserName() {
  const brand = navigator.userAgentData?.brands?.find((one) => !/not|chromium/i.test(one.brand))?.brand;
  const guess = /firefox/i.test(navigator.userAgent) ? "Firefox" : /safari/i.test(navigator.userAgent) && !/chrom/i.test(navigator.userAgent) ? "Safari" : "Chromium";
  const platform = navigator.userAgentData?.platform ?? "";
  return [brand ?? guess, platform].filter(Boolean).join(", ").slice(0, 60);
}

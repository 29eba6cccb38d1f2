/**
 * The service worker of push. It shows what came and opens the list; it fetches and keeps nothing.
 * What a push says is made by `realtime.services.browser_push`: a kind, a number, an address.
 */
const LIST = "/me/notifications/?show=unread";

self.addEventListener("push", (event) => {
  let told = {};
  try {
    told = event.data?.json() ?? {};
  } catch {
    told = {};
  }
  const shown = self.registration.showNotification(told.title || "Cairn", {
    body: told.body || "",
    // The same kind again takes the place of what is shown.
    tag: told.kind || "cairn",
    data: { url: told.url || LIST },
  });
  event.waitUntil(shown);
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const asked = new URL(event.notification.data?.url ?? LIST, self.location.origin);
  const url = asked.origin === self.location.origin ? asked.href : LIST;
  event.waitUntil(self.clients.openWindow(url));
});

self.addEventListener("install", () => self.skipWaiting());

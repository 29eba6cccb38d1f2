/**
 * How htmx behaves here. Refusals with a form (400, 409, 422) are swapped in; everything else that
 * fails says so in a toast and leaves the page as it was. `hx-confirm` uses the product's dialog.
 */
import { toast } from "cairn/toast";

const SWAPPED = new Set([400, 409, 412, 422]);

function words(status) {
  const holder = document.getElementById("toasts");
  if (status === 401) return holder?.dataset.signedOut;
  if (status === 403 || status === 404) return holder?.dataset.denied;
  if (status === 429) return holder?.dataset.throttled;
  return holder?.dataset.failed;
}

export function start() {
  document.addEventListener("htmx:response:error", (event) => {
    const status = event.detail?.ctx?.response?.status;
    if (!SWAPPED.has(status)) toast(words(status) ?? "Error");
  });
  document.addEventListener("htmx:error", () => {
    toast(words(0) ?? "Error");
  });
}

/** The token Django wants with every unsafe request made by `fetch`. */
export function csrf() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

/** `fetch` with the session, the CSRF token and JSON both ways. Rejects on a refusal. */
export async function api(method, url, body = undefined, options = {}) {
  const response = await fetch(url, {
    method,
    credentials: "same-origin",
    headers: {
      Accept: "application/json",
      "X-CSRFToken": csrf(),
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...options.headers,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
    keepalive: options.keepalive ?? false,
    signal: options.signal,
  });
  const isJson = (response.headers.get("Content-Type") ?? "").includes("json");
  const data = isJson ? await response.json() : null;
  if (!response.ok) {
    const error = new Error(data?.detail ?? response.statusText);
    Object.assign(error, { status: response.status, data });
    throw error;
  }
  return data;
}

/**
 * Leaving a browser that others may use: what was typed in it and not sent is forgotten, and it is
 * told of nothing more. Answers of an attempt that the server has not stored stay, for their owner.
 */
const TYPED = ["cairn-forum-", "cairn-unsent-", "cairn-direct-"];
// Signing out waits no longer for a push service.
const WAIT = 1500;

function forget(store) {
  Object.keys(store)
    .filter((key) => TYPED.some((prefix) => key.startsWith(prefix)))
    .forEach((key) => store.removeItem(key));
}

async function leavePush(form) {
  const worker = await navigator.serviceWorker?.getRegistration("/push/");
  const held = await worker?.pushManager?.getSubscription();
  if (!held) return;
  const field = Object.assign(document.createElement("input"), { type: "hidden", name: "push_endpoint", value: held.endpoint });
  form.append(field);
  await held.unsubscribe();
}

export function mount(form) {
  const leave = async (event) => {
    event.preventDefault();
    try {
      forget(localStorage);
      forget(sessionStorage);
      await Promise.race([leavePush(form), new Promise((go) => setTimeout(go, WAIT))]);
    } catch {
      // A forbidden store or no push: there is nothing to forget.
    }
    form.submit();
  };
  form.addEventListener("submit", leave, { once: true });
}

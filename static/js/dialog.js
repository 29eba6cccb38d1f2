/**
 * Native dialogs. `data-dialog="id"` opens `<dialog id>`, `data-dialog-close` closes the nearest.
 * `data-confirm="words"` on a form, a submit button or a link asks before the thing is lost;
 * `data-confirm-title`, `data-confirm-verb` name the act, `data-confirm-safe` says nothing is lost. Without JavaScript the act goes straight
 * to the server, which shows its own confirmation where something cannot be undone.
 */
let pending = null;

function ask(source) {
  const dialog = document.getElementById("confirm-dialog");
  if (!dialog) return Promise.resolve(window.confirm(source.dataset.confirm));
  dialog.querySelector("[data-confirm-words]").textContent = source.dataset.confirm;
  const title = dialog.querySelector("[data-confirm-heading]");
  title.textContent = source.dataset.confirmTitle || title.dataset.default;
  const verb = dialog.querySelector("[data-confirm-yes]");
  verb.textContent = source.dataset.confirmVerb || verb.dataset.default;
  verb.classList.toggle("danger", !("confirmSafe" in source.dataset));
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

async function confirmSubmit(event) {
  const source = event.submitter?.dataset.confirm ? event.submitter : event.target;
  if (!source.dataset?.confirm || pending === source) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!(await ask(source))) return;
  pending = source;
  event.target.requestSubmit(event.submitter ?? undefined);
  pending = null;
}

async function confirmClick(event) {
  const link = event.target.closest("a[data-confirm]");
  if (!link || pending === link) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!(await ask(link))) return;
  pending = link;
  link.click();
  pending = null;
}

function openOrClose(event) {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (dialog && !dialog.open) {
      event.preventDefault();
      opener.closest("details.menu")?.removeAttribute("open");
      dialog.showModal();
    }
    return;
  }
  const closer = event.target.closest("[data-dialog-close]");
  if (closer) closer.closest("dialog")?.close(closer.value ?? "");
  else if (event.target.matches?.("dialog.dialog")) event.target.close("");
}

export function start() {
  document.addEventListener("submit", confirmSubmit, true);
  document.addEventListener("click", confirmClick, true);
  document.addEventListener("click", openOrClose);
}

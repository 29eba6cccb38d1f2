/**
 * Lists that can be put in order by dragging. The buttons beside each row do the same without a
 * pointer and without this module.
 *
 * `data-reorder-url` on the list, or on the element `data-reorder-root` points at, receives a form
 * post with `order`: every `data-id` below that element in its new order. Lists with the same
 * `data-reorder-group` exchange rows. With `data-reorder-refresh` the element is read again afterwards. `data-reorder-handle` is what one grips.
 */
import Sortable from "sortablejs";
import { csrf } from "cairn/requests";
import { toast } from "cairn/toast";

async function send(root) {
  const body = new FormData();
  for (const row of root.querySelectorAll("[data-id]")) body.append("order", row.dataset.id);
  const response = await fetch(root.dataset.reorderUrl, {
    method: "POST",
    body,
    credentials: "same-origin",
    headers: { "X-CSRFToken": csrf() },
  });
  if (!response.ok) throw new Error(String(response.status));
}

/** Show the list as the server now has it: numbers and sums follow the new order. */
async function refresh(root) {
  const response = await fetch(location.href, { credentials: "same-origin" });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.getElementById(root.id);
  if (response.ok && fresh) root.replaceWith(fresh);
}

export function mount(list) {
  const root = list.dataset.reorderRoot ? document.querySelector(list.dataset.reorderRoot) : list;
  const sortable = Sortable.create(list, {
    handle: list.dataset.reorderHandle || ".drag",
    draggable: list.dataset.reorderItems ? `>${list.dataset.reorderItems}` : "[data-id]",
    group: list.dataset.reorderGroup || undefined,
    animation: 160,
    ghostClass: "is-dragging",
    chosenClass: "is-chosen",
    onEnd: async (event) => {
      if (event.from === event.to && event.oldIndex === event.newIndex) return;
      try {
        await send(root);
        if (root.hasAttribute("data-reorder-refresh")) await refresh(root);
        list.dispatchEvent(new CustomEvent("cairn:reordered", { bubbles: true }));
      } catch {
        toast(root.dataset.failed ?? "Error");
        setTimeout(() => location.reload(), 1500);
      }
    },
  });
  return () => sortable.destroy();
}

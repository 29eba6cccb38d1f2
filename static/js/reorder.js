/**
 * A list that can be put in order by dragging. The buttons beside each row do the same without a
 * pointer and without this module. `data-reorder-url` receives a form post with `order`, the ids
 * (`data-id`) in their new order; `data-reorder-group` lets rows move between lists of one name and
 * adds `container` (the list's `data-container`) to the post.
 */
import Sortable from "sortablejs";
import { csrf } from "cairn/requests";
import { toast } from "cairn/toast";

async function send(list) {
  const body = new FormData();
  for (const row of list.querySelectorAll(":scope > [data-id]")) body.append("order", row.dataset.id);
  if (list.dataset.container) body.append("container", list.dataset.container);
  const response = await fetch(list.dataset.reorderUrl, {
    method: "POST",
    body,
    credentials: "same-origin",
    headers: { "X-CSRFToken": csrf(), "HX-Request": "true", "HX-Request-Type": "partial" },
  });
  if (!response.ok) throw new Error(String(response.status));
}

export function mount(list) {
  const sortable = Sortable.create(list, {
    handle: ".drag",
    draggable: "[data-id]",
    group: list.dataset.reorderGroup || undefined,
    animation: 160,
    ghostClass: "is-dragging",
    chosenClass: "is-chosen",
    onEnd: async (event) => {
      if (event.from === event.to && event.oldIndex === event.newIndex) return;
      try {
        await send(event.to);
        list.dispatchEvent(new CustomEvent("cairn:reordered", { bubbles: true }));
      } catch {
        toast(list.dataset.failed ?? "Error");
        location.reload();
      }
    },
  });
  return () => sortable.destroy();
}

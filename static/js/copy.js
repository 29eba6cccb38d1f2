/** `.copyfield`: the button copies the field's text and says so. */
import { toast } from "cairn/toast";

export function mount(element) {
  const input = element.querySelector("input");
  element.querySelector("button")?.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(input.value);
    } catch {
      input.select();
      document.execCommand("copy");
    }
    toast(element.dataset.copied ?? "Copied");
  });
}

/**
 * The one entry of every page. It starts the behaviours that live on the whole document and mounts
 * a module on each element that asks for one:
 *
 *     <div data-module="chart">  →  import("cairn/chart").then((m) => m.mount(element))
 *
 * A module is mounted once per element, also on what htmx swaps in later, and the element then has
 * `data-mounted`. `mount` may return a function; it is called when the element has left the page.
 */
import * as dialog from "cairn/dialog";
import * as menu from "cairn/menu";
import * as requests from "cairn/requests";
import * as theme from "cairn/theme";

const mounted = new WeakMap();
const cleanups = new Set();

async function mountOne(element) {
  for (const name of element.dataset.module.split(/\s+/).filter(Boolean)) {
    const seen = mounted.get(element) ?? new Set();
    if (seen.has(name)) continue;
    seen.add(name);
    mounted.set(element, seen);
    try {
      const module = await import(`cairn/${name}`);
      const cleanup = await module.mount(element);
      if (typeof cleanup === "function") cleanups.add({ element, cleanup });
      element.dataset.mounted = "";
    } catch (error) {
      console.error(`module ${name} could not start`, error);
    }
  }
}

function mountAll(root) {
  if (root.matches?.("[data-module]")) mountOne(root);
  root.querySelectorAll?.("[data-module]").forEach(mountOne);
}

function sweep() {
  for (const entry of cleanups) {
    if (!entry.element.isConnected) {
      cleanups.delete(entry);
      entry.cleanup();
    }
  }
}

theme.start();
menu.start();
dialog.start();
requests.start();
mountAll(document);
new MutationObserver((records) => {
  for (const record of records) {
    record.addedNodes.forEach((node) => node.nodeType === Node.ELEMENT_NODE && mountAll(node));
  }
  sweep();
}).observe(document.body, { childList: true, subtree: true });
document.documentElement.dataset.ready = "true";

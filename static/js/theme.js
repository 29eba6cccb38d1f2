/**
 * Light, dark or as the system says: a setting of the person, for visitors a cookie, so that the
 * server renders it at once.
 */
import { api } from "cairn/requests";

const COOKIE = "cairn_theme";
const YEAR = 365 * 24 * 3600;

/** The scheme in force now: "light" or "dark". */
export function scheme() {
  const chosen = document.documentElement.dataset.theme;
  if (chosen === "light" || chosen === "dark") return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** Read a colour token as the browser resolves it, in a form a canvas understands. */
export function token(name, element = document.body) {
  const probe = document.createElement("span");
  probe.hidden = true;
  probe.style.color = `var(${name})`;
  element.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  const canvas = (token.canvas ??= document
    .createElement("canvas")
    .getContext("2d", { willReadFrequently: true }));
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = value;
  canvas.fillRect(0, 0, 1, 1);
  const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
  return a === 255 ? `rgb(${r},${g},${b})` : `rgba(${r},${g},${b},${a / 255})`;
}

function show(choice) {
  document.querySelectorAll("[data-theme-choice]").forEach((button) => {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
  });
}

function choose(choice) {
  document.documentElement.dataset.theme = choice;
  if ("signedIn" in document.documentElement.dataset) {
    api("PATCH", "/api/v1/me/", { theme: choice }).catch(() => {}); // it holds on this page anyway
  } else {
    const secure = location.protocol === "https:" ? ";secure" : "";
    document.cookie = `${COOKIE}=${choice};path=/;max-age=${YEAR};samesite=lax${secure}`;
  }
  show(choice);
  document.dispatchEvent(new CustomEvent("cairn:theme"));
}

export function start() {
  show(document.documentElement.dataset.theme || "system");
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-choice]");
    if (button) choose(button.dataset.themeChoice);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    document.dispatchEvent(new CustomEvent("cairn:theme"));
  });
}

/**
 * Writing in a forum: what is typed is kept in this browser until it is sent, Control and Enter
 * sends, and a reply to a post is begun without leaving the page. `j` and `k` go through the posts.
 */
const PREFIX = "cairn-forum-";

function stored(key, value) {
  try {
    if (value === undefined) return localStorage.getItem(key) ?? "";
    if (value) localStorage.setItem(key, value);
    else localStorage.removeItem(key);
  } catch {
    // A full or forbidden store: the words stay on the page.
  }
  return "";
}

function keepDraft(root) {
  const area = root.querySelector("textarea[data-draft]");
  const form = area?.form;
  if (!form) return;
  const key = PREFIX + root.dataset.draftKey;
  const sent = `${key}-sent`;
  // Words that were sent and came back in a page of posts are no draft any more.
  const own = form.querySelector("[name=client_id]");
  if (stored(sent) && !area.value) {
    stored(key, null);
    stored(sent, null);
  }
  if (!area.value && stored(key)) {
    area.value = stored(key);
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
  area.addEventListener("input", () => {
    stored(key, area.value || null);
    stored(sent, null);
  });
  form.addEventListener("submit", () => stored(sent, own?.value ?? "1"));
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
}

function answerPosts(root) {
  const form = root.querySelector("#reply");
  if (!form) return;
  const about = form.querySelector(".forum-about");
  const parent = form.querySelector("[name=parent]");
  const area = form.querySelector("textarea");
  const aim = (id, name) => {
    parent.value = id;
    about.hidden = !id;
    if (id) about.querySelector("[data-about]").textContent = form.dataset.replyWords.replace("%s", name);
    area.focus();
  };
  root.addEventListener("click", (event) => {
    const link = event.target.closest("[data-reply]");
    const end = event.target.closest("[data-about-end]");
    if (!link && !end) return;
    event.preventDefault();
    aim(link?.dataset.reply ?? "", link?.dataset.name ?? "");
  });
}

function walkPosts(root) {
  const onKey = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !["j", "k"].includes(event.key)) return;
    if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
    const posts = [...root.querySelectorAll("[data-post]")];
    const at = posts.indexOf(document.activeElement.closest("[data-post]"));
    const next = posts[event.key === "j" ? at + 1 : Math.max(at - 1, 0)];
    if (!next) return;
    event.preventDefault();
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "center" });
  };
  document.addEventListener("keydown", onKey);
  return () => document.removeEventListener("keydown", onKey);
}

function closeMenus(event) {
  document.querySelectorAll(".forum-pop[open]").forEach((pop) => {
    if (event.key === "Escape" || (event.type === "click" && !pop.contains(event.target))) {
      pop.removeAttribute("open");
      if (event.key === "Escape") pop.querySelector("summary").focus();
    }
  });
}

/** Who follows is told at once: the page asks what is new then, and not only every few seconds. */
function hearNews(root) {
  const news = root.querySelector("[data-forum-news]");
  const onNotice = (event) => {
    if (event.detail.kind.startsWith("forum_")) news?.dispatchEvent(new CustomEvent("cairn:told"));
  };
  document.addEventListener("cairn:notice-frame", onNotice);
  return () => document.removeEventListener("cairn:notice-frame", onNotice);
}

export function mount(root) {
  keepDraft(root);
  answerPosts(root);
  const stop = walkPosts(root);
  const stopHearing = hearNews(root);
  document.addEventListener("click", closeMenus);
  document.addEventListener("keydown", closeMenus);
  return () => {
    stop();
    stopHearing();
    document.removeEventListener("click", closeMenus);
    document.removeEventListener("keydown", closeMenus);
  };
}

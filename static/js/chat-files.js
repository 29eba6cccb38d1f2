/**
 * Files that go with a message: chosen, dropped or pasted, uploaded at once with their progress,
 * tried again when the network is back, taken out. A file is nobody's until a message names it.
 */
import { csrf } from "cairn/requests";

const URL_OF_FILES = "/api/v1/message-files/";
const MEGABYTE = 1024 * 1024;

/** Bytes in words. */
export function sized(bytes) {
  const step = bytes < 1000 ? 0 : bytes < 1e6 ? 1 : 2;
  const digits = step ? 1 : 0;
  const format = new Intl.NumberFormat(document.documentElement.lang || undefined, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `${format.format(bytes / 1000 ** step)} ${["B", "kB", "MB"][step]}`;
}

/** Fill the list of a stored message's files, or take it away where there are none. */
export function showFiles(list, files) {
  const [picture, plain] = [...list.children];
  list.replaceChildren(
    ...files.map((file) => {
      const item = (file.picture ? picture : plain).cloneNode(true);
      item.querySelector("a").href = file.url;
      if (file.picture) {
        const image = item.querySelector("img");
        Object.assign(image, { alt: file.alt || file.name, width: file.width, height: file.height, src: file.url });
      } else {
        item.querySelector(".clip").textContent = file.name;
        item.querySelector(".nowrap").textContent = sized(file.size);
      }
      return item;
    }),
  );
  if (!files.length) list.remove();
}

export class Attach {
  constructor(form, zone = form) {
    this.root = form.querySelector("[data-attach]");
    this.words = this.root.dataset;
    this.form = form;
    this.list = this.root.querySelector("[data-attach-list]");
    this.pick = this.root.querySelector("[data-attach-pick]");
    this.open = form.querySelector("[data-attach-open]");
    this.said = this.root.querySelector("[data-attach-said]");
    this.items = [];
    this.waiters = [];
    this.open.hidden = false;
    this.open.addEventListener("click", () => this.pick.click());
    this.pick.addEventListener("change", () => {
      this.take([...this.pick.files]);
      this.pick.value = "";
    });
    form.querySelector("textarea").addEventListener("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (!files.length) return;
      event.preventDefault();
      this.take(files);
    });
    for (const name of ["dragenter", "dragover"]) zone.addEventListener(name, (event) => this.#over(event, zone));
    for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("is-over"));
    zone.addEventListener("drop", (event) => {
      if (!event.dataTransfer?.files.length) return;
      event.preventDefault();
      this.take([...event.dataTransfer.files]);
    });
    this.online = () => this.items.filter((item) => item.away).forEach((item) => this.#send(item));
    window.addEventListener("online", this.online);
  }

  get count() {
    return this.items.length;
  }

  get busy() {
    return this.items.some((item) => item.busy || item.away);
  }

  /** Once nothing is under way: the files as a message names them; null while one was refused. */
  async settled() {
    if (this.busy) await new Promise((done) => this.waiters.push(done));
    const refused = this.items.find((item) => !item.id);
    if (refused) {
      this.#say(`${refused.name}: ${refused.state.textContent}`);
      refused.row.querySelector("button:not([hidden])").focus();
      return null;
    }
    return this.items.map((item) => ({ id: item.id, alt: item.alt?.value.trim() ?? "", name: item.name }));
  }

  /** The message took them along. */
  clear() {
    this.items.forEach((item) => item.row.remove());
    this.items = [];
    this.#shown();
  }

  take(files) {
    for (const file of files) {
      if (this.items.length >= Number(this.words.most)) return this.#say(this.words.wordsMany);
      const item = this.#item(file);
      this.items.push(item);
      this.list.append(item.row);
      this.#shown();
      if (file.size > Number(this.words.megabytes) * MEGABYTE) this.#fail(item, this.words.wordsLarge, false);
      else this.#send(item);
    }
    return undefined;
  }

  stop() {
    window.removeEventListener("online", this.online);
  }

  #over(event, zone) {
    if (![...(event.dataTransfer?.types ?? [])].includes("Files")) return;
    event.preventDefault();
    zone.classList.add("is-over");
  }

  /** XMLHttpRequest, because fetch tells nothing of what has been sent. */
  #send(item) {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("file", item.file);
    Object.assign(item, { request, busy: true, away: false });
    item.row.classList.remove("is-bad");
    item.state.textContent = this.words.wordsUploading;
    item.bar.hidden = false;
    item.retry.hidden = true;
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) item.bar.value = event.loaded / event.total;
    });
    request.addEventListener("load", () => this.#sent(item, request));
    request.addEventListener("error", () => this.#fail(item, this.words.wordsOffline, true));
    request.open("POST", URL_OF_FILES);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", csrf());
    request.send(body);
  }

  #sent(item, request) {
    let data = null;
    try {
      data = JSON.parse(request.responseText);
    } catch {
      // No JSON: a proxy answered.
    }
    if (request.status !== 201 || !data?.id) {
      item.retry.hidden = request.status >= 400 && request.status < 500 && request.status !== 429;
      return this.#fail(item, data?.detail ?? request.statusText, false);
    }
    item.busy = false;
    item.id = data.id;
    item.bar.hidden = true;
    item.state.textContent = this.words.wordsKept;
    if (data.picture) this.#describe(item, data);
    this.#say(`${item.name}: ${this.words.wordsKept}`);
    return this.#done();
  }

  /** A picture shows what was kept of it, and asks for words for those who do not see it. */
  #describe(item, data) {
    const image = Object.assign(document.createElement("img"), { src: data.url, alt: "" });
    item.row.prepend(image);
    item.alt = Object.assign(document.createElement("input"), { type: "text", maxLength: Number(this.words.alt), placeholder: this.words.wordsAlt });
    item.alt.setAttribute("aria-label", `${this.words.wordsAlt}: ${item.name}`);
    item.alt.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      this.form.querySelector("textarea").focus();
    });
    item.row.append(item.alt);
  }

  #fail(item, words, away) {
    Object.assign(item, { busy: false, away });
    item.row.classList.add("is-bad");
    item.bar.hidden = true;
    item.state.textContent = `${this.words.wordsFailed}: ${words}`;
    if (away) item.retry.hidden = false;
    this.#say(`${item.name}: ${words}`);
    this.#done();
  }

  #drop(item) {
    item.request?.abort();
    this.items = this.items.filter((other) => other !== item);
    item.row.remove();
    if (item.id) fetch(`${URL_OF_FILES}${item.id}/`, { method: "DELETE", headers: { "X-CSRFToken": csrf() } }).catch(() => {});
    this.#say(`${this.words.wordsRemoved} ${item.name}`);
    this.open.focus();
    this.#shown();
    this.#done();
  }

  #done() {
    if (!this.busy) this.waiters.splice(0).forEach((done) => done());
  }

  #shown() {
    this.list.hidden = !this.items.length;
  }

  #say(text) {
    this.said.textContent = text;
  }

  #item(file) {
    const row = document.createElement("li");
    const title = Object.assign(document.createElement("bdi"), { className: "clip attach-name", textContent: file.name });
    const bar = Object.assign(document.createElement("progress"), { max: 1, value: 0, hidden: true });
    bar.setAttribute("aria-label", `${this.words.wordsUploading}: ${file.name}`);
    const state = Object.assign(document.createElement("span"), { className: "small muted attach-state" });
    const item = { file, row, bar, state, name: file.name };
    item.retry = this.#button(this.words.wordsRetry, file.name, () => this.#send(item));
    item.retry.hidden = true;
    const drop = this.#button(this.words.wordsRemove, file.name, () => this.#drop(item));
    row.append(title, Object.assign(document.createElement("span"), { className: "small muted nowrap", textContent: sized(file.size) }), bar, state, item.retry, drop);
    return item;
  }

  #button(words, name, act) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "btn ghost sm", textContent: words });
    button.setAttribute("aria-label", `${words}: ${name}`);
    button.addEventListener("click", act);
    return button;
  }
}

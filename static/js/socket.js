/**
 * A WebSocket that comes back by itself: pauses grow from 0.5 to 20 s, with some chance in them so
 * that a thousand pages do not return in the same second. Coming online or back to the page tries
 * at once. After 4401 (signed out) it stops; after 4403 it tries once more, because another role in
 * the course closes the socket too.
 */
const FIRST = 500;
const LAST = 20000;

export class Socket {
  constructor(path, { opened, heard, closed, ended }) {
    this.path = path;
    this.handlers = { opened, heard, closed, ended };
    this.pause = FIRST;
    this.stopped = false;
    this.refusals = 0;
    this.hurry = () => document.visibilityState === "visible" && this.#now();
    window.addEventListener("online", this.hurry);
    document.addEventListener("visibilitychange", this.hurry);
    this.#open();
  }

  get live() {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  /** Send one frame; false when the socket is not open. */
  send(frame) {
    if (!this.live) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
    window.removeEventListener("online", this.hurry);
    document.removeEventListener("visibilitychange", this.hurry);
    this.socket?.close();
  }

  #open() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}${this.path}`);
    this.socket = socket;
    socket.addEventListener("open", () => {
      this.pause = FIRST;
      this.handlers.opened?.();
    });
    socket.addEventListener("message", (event) => {
      this.refusals = 0;
      this.handlers.heard?.(JSON.parse(event.data));
    });
    socket.addEventListener("close", (event) => this.#closed(event.code));
  }

  #closed(code) {
    if (this.stopped) return;
    if (code === 4403) this.refusals += 1;
    if (code === 4401 || this.refusals > 1) {
      this.stop();
      this.handlers.ended?.(code);
      return;
    }
    this.handlers.closed?.(code);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#open(), this.pause * (0.6 + Math.random() * 0.8));
    this.pause = Math.min(this.pause * 2, LAST);
  }

  #now() {
    if (this.stopped || (this.socket && this.socket.readyState <= WebSocket.OPEN)) return;
    clearTimeout(this.timer);
    this.#open();
  }
}

/**
 * Answers that the server has not acknowledged, kept on this device under their attempt.
 */

/** The unacknowledged answers of one attempt: {question: {answer, seq}}. */
export class Kept {
  constructor(attempt) {
    this.key = `cairn-attempt-${attempt}`;
    try {
      this.waiting = JSON.parse(localStorage.getItem(this.key)) ?? {};
    } catch {
      this.waiting = {};
    }
  }

  write() {
    try {
      if (Object.keys(this.waiting).length) {
        localStorage.setItem(this.key, JSON.stringify(this.waiting));
      } else localStorage.removeItem(this.key);
    } catch {
      // A full or forbidden store: the answers still wait in memory.
    }
  }

  put(id, entry) {
    this.waiting[id] = entry;
    this.write();
  }

  drop(id, seq) {
    if (this.waiting[id]?.seq === seq) delete this.waiting[id];
    this.write();
  }

  get size() {
    return Object.keys(this.waiting).length;
  }
}

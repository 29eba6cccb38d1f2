/**
 * The grid by keyboard, like a spreadsheet: arrows move, Shift and arrows select, typing or Enter
 * edits, Enter and Tab keep, Escape gives up, Delete empties, Ctrl-C and Ctrl-V copy and paste a
 * block, Ctrl-Z takes the last change back.
 */
import { api } from "cairn/requests";
import { plain } from "cairn/gradebook";
import { toast } from "cairn/toast";

const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageUp: [-15, 0], PageDown: [15, 0] };

/**
 * What somebody typed: a number, "ex", "m", "-", or a number and "l" for late; the course's own
 * signs (a map of sign to status) alone or after a number. Null: not that.
 */
export function understood(text, signs = new Map()) {
  const typed = text.normalize("NFKC").trim().toLowerCase().replace(",", ".");
  if (typed === "" || typed === "-") return { score: null, status: "in_progress" };
  if (["ex", "x", "e"].includes(typed)) return { score: null, status: "excused" };
  if (typed === "m") return { score: null, status: "missing" };
  if (signs.has(typed)) return { score: null, status: signs.get(typed) };
  const [, number, sign] = /^(\d+(?:\.\d{1,4})?)\s*(\p{L}{0,4})$/u.exec(typed) ?? [];
  const status = { "": "graded", l: "late" }[sign] ?? signs.get(sign);
  return number === undefined || !status ? null : { score: number, status };
}

export function keyboard(book, table) {
  const undone = [];
  const { words } = book;
  const rtl = getComputedStyle(table).direction === "rtl";

  const signs = () => new Map([...book.own.values()].filter((one) => !one.archived).map((one) => [one.sign, one.key]));
  const clamp = (value, most) => Math.min(Math.max(value, 0), most);
  const go = (rows, columns, extend = false) => {
    if (extend) book.from ??= { ...book.at };
    else book.from = null;
    book.at = { row: clamp(book.at.row + rows, book.shown.length - 1), column: clamp(book.at.column + columns, book.columns.length - 1) };
    book.draw();
    book.focus();
    book.look?.();
  };

  /** Write one cell against the version that was read; `mine` writes over a newer one. */
  const write = async (row, column, wish, { remember = true, mine = false, reason = "" } = {}) => {
    const before = book.cell(row, column);
    const url = `${book.url}cells/${column.id}/${row.id}/`;
    const headers = mine ? {} : { "If-Match": `"${before?.version ?? 0}"` };
    try {
      const data = await api("PUT", url, { ...wish, reason }, { headers });
      row.refused?.delete(column.id);
      if (remember) undone.push({ row, column, wish: { score: before?.score ?? null, status: before?.status ?? "in_progress" } });
      book.take(data);
      book.say(words.saved);
      return true;
    } catch (error) {
      (row.refused ??= new Set()).add(column.id);
      if (error.status === 412) await conflict(row, column, wish, url);
      else toast(error.data?.errors?.score?.[0] ?? error.data?.errors?.status?.[0] ?? error.data?.detail ?? words.failed);
      book.draw();
      return false;
    }
  };
  book.write = write;
  const conflict = async (row, column, wish, url) => {
    const theirs = await api("GET", url).catch(() => null);
    if (theirs) book.take(theirs);
    const shown = theirs?.score === null ? words.statuses[theirs?.status] ?? "–" : plain(theirs?.score ?? null);
    const yours = wish.score ?? words.statuses[wish.status];
    toast(words.changed.replace("%(theirs)s", shown).replace("%(mine)s", yours), { label: words.keepMine, run: () => write(row, column, wish, { mine: true }) });
  };

  const edit = (start) => {
    const { row: r, column: c } = book.at;
    const td = table.querySelector(`td[data-row="${r}"][data-column="${c}"]`);
    const row = book.shown[r];
    const column = book.columns[c];
    if (!td || !row || !column) return;
    const input = document.createElement("input");
    input.className = "gb-edit";
    input.inputMode = "decimal";
    input.setAttribute("aria-label", words.edit.replace("%(column)s", column.title).replace("%(learner)s", book.anonymous ? r + 1 : row.name));
    input.value = start ?? plain(book.cell(row, column)?.score ?? null);
    td.replaceChildren(input);
    input.focus();
    if (start === undefined) input.select();
    const close = (rows, columns) => {
      input.remove();
      go(rows, columns);
    };
    const keep = (rows, columns) => {
      const wish = understood(input.value, signs());
      if (wish === null) {
        input.setAttribute("aria-invalid", "true");
        toast(words.notUnderstood);
        return;
      }
      close(rows, columns);
      const old = book.cell(row, column);
      const same = old && old.status === wish.status && plain(old.score) === plain(wish.score);
      if (!same && !(old === null && wish.status === "in_progress")) write(row, column, wish);
    };
    input.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Escape") close(0, 0);
      else if (event.key === "Enter") keep(event.shiftKey ? -1 : 1, 0);
      else if (event.key === "Tab") keep(0, event.shiftKey ? -1 : 1);
      else return;
      event.preventDefault();
    });
    input.addEventListener("blur", () => input.isConnected && keep(0, 0));
  };

  const block = () => {
    const from = book.from ?? book.at;
    const [top, bottom] = [from.row, book.at.row].sort((a, b) => a - b);
    const [left, right] = [from.column, book.at.column].sort((a, b) => a - b);
    return { top, bottom, left, right };
  };
  const copied = () => {
    const { top, bottom, left, right } = block();
    const own = (cell) => book.own.get(cell.status)?.sign ?? "";
    const typed = (cell) => (cell === null ? "" : cell.score !== null ? plain(cell.score) + (cell.status === "late" ? "l" : own(cell)) : own(cell) || ({ excused: "ex", missing: "m" }[cell.status] ?? "-"));
    return book.shown.slice(top, bottom + 1).map((row) => book.columns.slice(left, right + 1).map((column) => typed(book.cell(row, column))).join("\t")).join("\n");
  };
  const paste = async (text) => {
    const { top, left } = block();
    const wishes = [];
    text.replace(/\r?\n$/, "").split(/\r?\n/).forEach((line, r) => line.split("\t").forEach((typed, c) => {
      const row = book.shown[top + r];
      const column = book.columns[left + c];
      if (row && column && typed.trim() !== "") wishes.push([row, column, understood(typed, signs())]);
    }));
    const bad = wishes.filter(([, , wish]) => wish === null).length;
    if (bad) return toast(words.pasteRefused.replace("%s", bad));
    let done = 0;
    for (const [row, column, wish] of wishes) done += (await write(row, column, wish)) ? 1 : 0;
    book.say(words.pasted.replace("%s", done));
  };
  const undo = async () => {
    const last = undone.pop();
    if (!last) return book.say(words.nothing);
    await write(last.row, last.column, last.wish, { remember: false, reason: words.undo });
  };

  table.addEventListener("keydown", (event) => {
    if (!event.target.closest("td[data-row]")) return;
    const command = event.ctrlKey || event.metaKey;
    const [rows, columns] = MOVES[event.key] ?? [];
    if (rows !== undefined) go(command && rows ? rows * book.shown.length : rows, (rtl ? -columns : columns) * (command ? book.columns.length : 1), event.shiftKey);
    else if (event.key === "Home") go(command ? -book.shown.length : 0, -book.columns.length);
    else if (event.key === "End") go(command ? book.shown.length : 0, book.columns.length);
    else if (event.key === "Enter" || event.key === "F2") edit();
    else if (event.key === "Delete" || event.key === "Backspace") {
      if (book.cell(book.shown[book.at.row], book.columns[book.at.column])) write(book.shown[book.at.row], book.columns[book.at.column], { score: null, status: "in_progress" });
    } else if (command && event.key.toLowerCase() === "z") undo();
    else if (!command && !event.altKey && event.key.length === 1 && event.key !== " ") edit(event.key);
    else return;
    event.preventDefault();
  });
  table.addEventListener("copy", (event) => {
    if (event.target.closest?.(".gb-edit")) return;
    event.clipboardData.setData("text/plain", copied());
    event.preventDefault();
  });
  table.addEventListener("paste", (event) => {
    if (event.target.closest?.(".gb-edit")) return;
    event.preventDefault();
    paste(event.clipboardData.getData("text/plain"));
  });
  const pick = (event) => {
    const td = event.target.closest("td[data-row]");
    if (!td || event.target.closest(".gb-edit")) return;
    const at = { row: Number(td.dataset.row), column: Number(td.dataset.column) };
    go(at.row - book.at.row, at.column - book.at.column, event.shiftKey);
  };
  table.addEventListener("click", pick);
  table.addEventListener("dblclick", (event) => event.target.closest("td[data-row]") && edit());
}

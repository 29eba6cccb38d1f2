/**
 * The gradebook's grid. The page ships no cell: one request brings the whole book, and only the
 * rows in view are drawn, so that a thousand learners scroll like thirty. Cells are written one by
 * one against the version that was read; frames of /ws/me/ say which cell a colleague changed.
 */
import { api } from "cairn/requests";
import { keyboard } from "cairn/gradebook-keys";
import { panel } from "cairn/gradebook-panel";

const ROW = 40;
const SPARE = 8;
const SIGNS = { late: "L", missing: "M", excused: "EX", in_progress: "…" };

export const percent = (text) => (text === null || text === undefined ? "" : Number(text).toFixed(2));
export const plain = (score) => (score === null ? "" : String(Number(score)));

export function mount(root) {
  const words = JSON.parse(root.dataset.words);
  const book = { root, words, url: root.dataset.url, rows: [], shown: [], columns: [], at: { row: 0, column: 0 }, from: null };
  const scroller = root.querySelector("[data-scroller]");
  const table = root.querySelector("table");
  const status = root.querySelector("[data-status]");
  const filters = root.querySelector("[data-filters]");
  let frame = 0;

  book.say = (text) => (status.textContent = text);
  book.cell = (row, column) => row.cells[column.place];
  book.locate = (item, learner) => ({ row: book.rows.find((one) => one.id === learner), column: book.every.find((one) => one.id === item) });
  book.take = (data) => {
    const { row, column } = book.locate(data.item, data.learner);
    if (!row || !column) return;
    row.cells[column.place] = data.version ? { score: data.score, status: data.status, posted: data.released, version: data.version, over: data.overridden } : null;
    Object.assign(row, { total: data.total, posted: data.posted, override: data.override, parts: data.parts });
    book.draw();
  };

  book.load = async () => {
    const data = await api("GET", book.url);
    book.data = data;
    book.own = new Map(data.own_statuses.map((one) => [one.key, one]));
    for (const one of data.own_statuses) words.statuses[one.key] = one.name;
    book.every = data.columns.map((column, place) => ({ ...column, place }));
    book.rows = data.learners.map((learner, number) => {
      const cells = new Array(data.columns.length).fill(null);
      for (const [place, score, state, posted, version, over] of learner.cells) {
        cells[place] = { score, status: data.statuses[state], posted: posted === 1, version, over: over === 1 };
      }
      return { ...learner, cells, number: number + 1 };
    });
    fillFilters();
    fillLegend();
    narrow();
  };

  const option = (value, text) => {
    const element = document.createElement("option");
    Object.assign(element, { value, textContent: text });
    return element;
  };
  const fillFilters = () => {
    const { group, category, period } = filters.elements;
    group.replaceChildren(option("", words.everyone), ...book.data.groups.map((one, place) => option(place, one.name)));
    category.replaceChildren(option("", words.categories), ...book.data.categories.map((one) => option(one.id, one.name)));
    period.replaceChildren(option("", words.periods), ...book.data.settings.periods.map((one) => option(one.key, one.name)));
    for (const one of [group, category, period]) one.closest("label").hidden = one.options.length < 2;
    filters.elements.state.append(...book.data.own_statuses.map((one) => option(one.key, one.name)));
  };
  const fillLegend = () => {
    const place = root.querySelector("[data-own-statuses]");
    book.data.own_statuses.forEach((one, n) => {
      const mark = document.createElement("span");
      mark.className = `gb-sign gb-own gb-tone-${one.colour}`;
      mark.textContent = one.sign.toLocaleUpperCase();
      place.append(n ? " · " : "", mark, ` ${one.name}`);
    });
    place.hidden = !book.own.size;
  };

  const within = (category, wanted) => {
    const parents = new Map(book.data.categories.map((one) => [one.id, one.parent]));
    for (let id = category; id; id = parents.get(id)) if (id === wanted) return true;
    return false;
  };
  const fits = (row, form) => {
    if (form.q && !row.name.toLocaleLowerCase().includes(form.q.toLocaleLowerCase())) return false;
    if (form.group && !row.groups.includes(Number(form.group))) return false;
    if (!form.state) return true;
    return book.columns.some((column) => {
      const cell = book.cell(row, column);
      if (form.state === "empty") return cell === null;
      if (form.state === "unposted") return cell !== null && !cell.posted;
      return cell !== null && cell.status === form.state;
    });
  };
  const narrow = () => {
    const form = Object.fromEntries(new FormData(filters));
    book.columns = book.every.filter((column) => (!form.category || within(column.category, form.category)) && (!form.period || column.period === form.period));
    book.shown = book.rows.filter((row) => fits(row, form));
    book.anonymous = Boolean(form.anonymous);
    if (book.anonymous) book.shown = [...book.shown].sort((a, b) => (a.id < b.id ? -1 : 1));
    book.at = { row: Math.min(book.at.row, Math.max(book.shown.length - 1, 0)), column: Math.min(book.at.column, Math.max(book.columns.length - 1, 0)) };
    book.from = null;
    root.querySelector("[data-empty]").hidden = book.shown.length > 0 && book.columns.length > 0;
    scroller.hidden = !book.shown.length || !book.columns.length;
    book.say(words.shown.replace("%s", book.shown.length));
    head();
    book.draw();
  };

  const head = () => {
    const line = document.createElement("tr");
    const learner = document.createElement("th");
    learner.textContent = words.learner;
    learner.scope = "col";
    line.append(learner);
    for (const column of book.columns) {
      const cell = document.createElement("th");
      cell.scope = "col";
      const title = document.createElement("span");
      title.className = "gb-title";
      title.textContent = cell.title = column.title;
      const note = document.createElement("span");
      note.className = "gb-note";
      const category = book.data.categories.find((one) => one.id === column.category);
      note.textContent = [plain(column.max_score), category?.name, column.extra ? words.extra : "", column.live ? "" : words.hidden].filter(Boolean).join(" · ");
      cell.append(title, note);
      line.append(cell);
    }
    for (const text of [...book.data.categories.map((one) => one.name), words.total]) {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.className = "gb-figure";
      cell.textContent = text;
      line.append(cell);
    }
    table.tHead.replaceChildren(line);
    table.setAttribute("aria-rowcount", book.shown.length + 1);
    table.setAttribute("aria-colcount", line.cells.length);
  };

  const spacer = (height, span) => {
    const line = document.createElement("tr");
    line.className = "gb-space";
    const cell = line.insertCell();
    cell.colSpan = span;
    cell.style.height = `${height}px`;
    line.setAttribute("aria-hidden", "true");
    return line;
  };
  const chosen = (r, c) => {
    if (!book.from) return false;
    const [top, bottom] = [book.from.row, book.at.row].sort((a, b) => a - b);
    const [left, right] = [book.from.column, book.at.column].sort((a, b) => a - b);
    return r >= top && r <= bottom && c >= left && c <= right;
  };
  const fill = (td, row, column, r, c) => {
    const cell = book.cell(row, column);
    const here = book.at.row === r && book.at.column === c;
    td.dataset.row = r;
    td.dataset.column = c;
    td.setAttribute("role", "gridcell");
    td.setAttribute("aria-colindex", c + 2);
    td.tabIndex = here ? 0 : -1;
    if (chosen(r, c)) td.setAttribute("aria-selected", "true");
    const said = [];
    if (cell === null) td.classList.add("gb-none");
    else {
      td.classList.add(`gb-${cell.status}`);
      if (cell.score !== null) td.append(plain(cell.score));
      const own = book.own.get(cell.status);
      if (own) {
        td.classList.add("gb-own", `gb-tone-${own.colour}`);
        sign(td, own.sign.toLocaleUpperCase(), own.name);
      }
      if (SIGNS[cell.status]) sign(td, SIGNS[cell.status], words.statuses[cell.status]);
      if (!cell.posted) sign(td, "○", words.unposted, "gb-unposted");
      if (cell.over) sign(td, "✎", words.over);
    }
    if (row.refused?.has(column.id)) {
      td.classList.add("gb-conflict");
      said.push(words.conflict);
    }
    if (said.length) td.title = said.join(", ");
  };
  const sign = (td, text, meaning, name = "") => {
    const mark = document.createElement("abbr");
    mark.className = `gb-sign ${name}`;
    mark.title = meaning;
    mark.textContent = text;
    td.append(mark);
  };
  const figure = (line, text, c, name = "") => {
    const td = line.insertCell();
    td.className = `gb-figure ${name}`;
    td.setAttribute("role", "gridcell");
    td.setAttribute("aria-colindex", c + 2);
    td.textContent = text;
    return td;
  };

  book.draw = () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(paint);
  };
  const paint = () => {
    if (!book.data || root.querySelector(".gb-edit")) return;
    const focused = table.contains(document.activeElement);
    const height = scroller.clientHeight || 600;
    const first = Math.max(Math.floor(scroller.scrollTop / ROW) - SPARE, 0);
    const last = Math.min(first + Math.ceil(height / ROW) + 2 * SPARE, book.shown.length);
    const span = 2 + book.columns.length + book.data.categories.length;
    const lines = [spacer(first * ROW, span)];
    for (let r = first; r < last; r += 1) lines.push(line(book.shown[r], r));
    lines.push(spacer((book.shown.length - last) * ROW, span));
    table.tBodies[0].replaceChildren(...lines);
    if (focused) book.focus();
  };
  const line = (row, r) => {
    const tr = document.createElement("tr");
    tr.setAttribute("aria-rowindex", r + 2);
    const name = document.createElement("th");
    name.scope = "row";
    name.textContent = book.anonymous ? words.anonymous.replace("%s", r + 1) : row.name;
    tr.append(name);
    book.columns.forEach((column, c) => fill(tr.insertCell(), row, column, r, c));
    const after = book.columns.length;
    book.data.categories.forEach((one, n) => figure(tr, percent(row.parts[one.id]), after + n));
    const total = figure(tr, "", after + book.data.categories.length, "gb-total");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "gb-why";
    button.dataset.total = r;
    button.title = words.why;
    button.textContent = percent(row.override ?? row.total) || "–";
    total.append(button);
    if (row.override !== null) sign(total, "✎", words.byHand);
    return tr;
  };

  book.focus = () => {
    const { row, column } = book.at;
    const find = () => table.querySelector(`td[data-row="${row}"][data-column="${column}"]`);
    const top = row * ROW;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top + 2 * ROW > scroller.scrollTop + scroller.clientHeight - table.tHead.offsetHeight) {
      scroller.scrollTop = top + 2 * ROW - scroller.clientHeight + table.tHead.offsetHeight;
    }
    if (!find()) paint();
    find()?.focus({ preventScroll: false });
  };

  scroller.addEventListener("scroll", book.draw, { passive: true });
  filters.addEventListener("input", narrow);
  filters.addEventListener("submit", (event) => event.preventDefault());
  const heard = async (event) => {
    const { course, item, learner, version } = event.detail;
    if (course !== root.dataset.course || !book.data) return;
    const { row, column } = book.locate(item, learner);
    if (!row || !column || (book.cell(row, column)?.version ?? 0) >= version) return;
    const data = await api("GET", `${book.url}cells/${item}/${learner}/`).catch(() => null);
    if (data) book.take(data);
  };
  document.addEventListener("cairn:gradebook-frame", heard);
  const resized = new ResizeObserver(book.draw);
  resized.observe(scroller);
  panel(book);
  keyboard(book, table);
  book.load().catch(() => book.say(words.failed));
  return () => {
    document.removeEventListener("cairn:gradebook-frame", heard);
    resized.disconnect();
  };
}

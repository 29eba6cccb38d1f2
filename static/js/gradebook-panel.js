/**
 * Beside the grid: a cell's history (who, when, from, to, why) with its status and reason to set,
 * and why a total is what it is, as the steps the server worked it out by.
 */
import { api } from "cairn/requests";
import { percent, plain } from "cairn/gradebook";

const make = (name, text = "", className = "") => Object.assign(document.createElement(name), { textContent: text, className });

export function panel(book) {
  const { root, words } = book;
  const aside = root.querySelector("[data-panel]");
  const body = aside.querySelector("[data-panel-body]");
  const heading = aside.querySelector("h2");
  let turn = 0;
  let asked = 0;

  const person = (r) => (book.anonymous ? words.anonymous.replace("%s", r + 1) : book.shown[r].name);
  const value = (score, status) => (score !== null ? plain(score) + (status === "graded" || !status ? "" : ` (${words.statuses[status] ?? status})`) : words.statuses[status] ?? "–");
  const posting = (change) => (change.released_before === change.released_after ? "" : change.released_after ? words.posted : words.unposted);

  const showCell = async () => {
    const { row: r, column: c } = book.at;
    const row = book.shown[r];
    const column = book.columns[c];
    if (!row || !column || aside.hidden) return;
    const mine = ++asked;
    heading.textContent = `${column.title} · ${person(r)}`;
    const data = await api("GET", `${book.url}cells/${column.id}/${row.id}/changes/`).catch(() => null);
    if (mine !== asked) return;
    body.replaceChildren(form(row, column), changes(data?.results ?? []));
  };
  const said = (change, from) => {
    const same = from && change.before === change.after && change.status_before === change.status_after;
    return same ? "" : from + value(change.after, change.status_after);
  };
  const changes = (rows) => {
    const list = make("ol", "", "gb-changes");
    for (const change of rows) {
      const item = make("li");
      const from = change.status_before ? `${value(change.before, change.status_before)} → ` : "";
      item.append(
        make("strong", [said(change, from), posting(change)].filter(Boolean).join(" · ")),
        make("span", `${change.actor_name || words.itself} · ${new Date(change.at).toLocaleString(document.documentElement.lang)} · ${words.origins[change.origin]}`, "muted small"),
      );
      if (change.reason) item.append(make("q", change.reason));
      list.append(item);
    }
    return rows.length ? list : make("p", words.noHistory, "muted");
  };
  const form = (row, column) => {
    const cell = book.cell(row, column);
    const element = make("form", "", "stack gb-form");
    const field = (text, control) => {
      const label = make("label", text);
      label.append(control);
      element.append(label);
      return control;
    };
    const score = field(words.score, Object.assign(make("input"), { inputMode: "decimal", value: plain(cell?.score ?? null), autocomplete: "off" }));
    const status = field(words.status, make("select"));
    const offered = ([key]) => !book.own.get(key)?.archived || key === cell?.status;
    for (const [key, text] of Object.entries(words.statuses).filter(offered)) status.append(Object.assign(make("option", text), { value: key, selected: key === (cell?.status ?? "graded") }));
    const reason = field(words.reason, Object.assign(make("input"), { maxLength: 500 }));
    const bar = make("div", "", "cluster");
    bar.append(make("button", words.save, "btn primary sm"));
    if (cell?.over && column.kind !== "manual") {
      const back = Object.assign(make("button", words.follow, "btn sm"), { type: "button" });
      back.addEventListener("click", async () => {
        const url = `${book.url}cells/${column.id}/${row.id}/follow/`;
        const data = await api("POST", url, {}, { headers: { "If-Match": `"${cell.version}"` } }).catch((error) => void book.say(error.data?.detail ?? words.failed));
        if (data) book.take(data);
        showCell();
      });
      bar.append(back);
    }
    element.append(bar);
    element.addEventListener("submit", async (event) => {
      event.preventDefault();
      const typed = score.value.trim().replace(",", ".");
      const kept = await book.write(row, column, { score: typed === "" ? null : typed, status: status.value }, { reason: reason.value });
      if (kept) showCell();
    });
    return element;
  };

  const showTotal = async (r) => {
    const row = book.shown[r];
    aside.hidden = false;
    const mine = ++asked;
    heading.textContent = `${words.total} · ${person(r)}`;
    body.replaceChildren(make("p", "…"));
    const data = await api("GET", `${book.url}totals/${row.id}/`).catch(() => null);
    if (mine !== asked || !data) return;
    const lead = make("p", `${percent(data.total) || "–"} % ${data.level}`, "gb-lead");
    body.replaceChildren(lead);
    if (data.trace.override !== null) body.append(make("p", `${words.byHand}: ${data.trace.reason}`));
    body.append(steps(data.trace.step, true));
    for (const one of data.overrides) body.append(make("p", `${new Date(one.at).toLocaleString(document.documentElement.lang)}: ${percent(one.before) || "–"} → ${percent(one.after) || "–"} · ${one.reason}`, "muted small"));
  };
  const steps = (step, outer = false) => {
    const element = outer ? make("div") : make("li");
    const about = [];
    if (step.rule) about.push(words.rules[step.rule]);
    else if (step.score !== null) about.push(`${plain(step.score)} / ${plain(step.possible)}`);
    if (Number(step.weight) !== 1) about.push(`${words.weight} ${plain(step.weight)}`);
    if (step.extra) about.push(words.extra);
    if (step.status) about.push(step.status);
    if (step.note) about.push(words.notes[step.note]);
    if (step.left_out) about.push(words.leftOut[step.left_out]);
    const line = make("div", "", step.left_out ? "gb-step gb-left" : "gb-step");
    line.append(make("span", step.name || words.course), make("span", about.join(" · "), "muted small"), make("strong", step.percent === null ? "–" : `${percent(step.percent)} %`));
    element.append(line);
    if (step.parts.length) {
      const list = make("ul", "", "gb-steps");
      list.append(...step.parts.map((part) => steps(part)));
      element.append(list);
    }
    return element;
  };

  book.look = () => {
    clearTimeout(turn);
    if (!aside.hidden) turn = setTimeout(showCell, 250);
  };
  root.addEventListener("click", (event) => {
    const total = event.target.closest("[data-total]");
    if (total) showTotal(Number(total.dataset.total));
    if (event.target.closest("[data-panel-toggle]")) {
      aside.hidden = !aside.hidden;
      showCell();
      book.draw();
    }
  });
}

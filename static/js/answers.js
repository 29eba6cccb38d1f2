/**
 * How the inputs of each question type are read into an answer as the API wants it, and how a kept
 * answer is put back. A new type adds its line here; its module may have `mount(section)` for what
 * goes beyond plain inputs, asked for with `data-module` in its template.
 *
 * read(section) → answer or null; show(section, answer).
 */

const inputsOf = (section) => [...section.querySelectorAll("[data-answer]")];

const chosen = (section) => inputsOf(section).filter((input) => input.checked).map((input) => input.value);

const check = (section, values) => {
  for (const input of inputsOf(section)) input.checked = values.includes(input.value);
};

/** One option. */
const one = {
  read: (section) => chosen(section)[0] ?? null,
  show: (section, answer) => check(section, answer === null ? [] : [answer]),
};

/** Any number of options. */
const many = {
  read: (section) => (chosen(section).length ? chosen(section) : null),
  show: (section, answer) => check(section, answer ?? []),
};

const truth = {
  read: (section) => (chosen(section).length ? chosen(section)[0] === "true" : null),
  show: (section, answer) => check(section, answer === null ? [] : [String(answer)]),
};

const text = {
  read: (section) => inputsOf(section)[0].value.trim() || null,
  show: (section, answer) => {
    inputsOf(section)[0].value = answer ?? "";
  },
};

/** An object of answers by part; what is left out stands in no part. */
const parts = {
  read: (section) => {
    const given = inputsOf(section)
      .map((input) => [input.dataset.part, input.value.trim()])
      .filter(([, value]) => value);
    return given.length ? Object.fromEntries(given) : null;
  },
  show: (section, answer) => {
    for (const input of inputsOf(section)) input.value = answer?.[input.dataset.part] ?? "";
  },
};

/** Ids in the order of the places chosen for them; null until each place is taken once. */
const order = {
  read: (section) => {
    const inputs = inputsOf(section);
    const ids = [];
    for (const input of inputs) if (input.value) ids[Number(input.value) - 1] = input.dataset.part;
    return inputs.length && Object.keys(ids).length === inputs.length ? ids : null;
  },
  show: (section, answer) => {
    for (const input of inputsOf(section)) {
      input.value = answer ? String(answer.indexOf(input.dataset.part) + 1) : "";
    }
  },
};

/** Free text; what it began with is no answer. */
const writing = {
  read: (section) => {
    const [field] = inputsOf(section);
    const typed = field.value.trim();
    return typed && typed !== field.dataset.template.trim() ? field.value : null;
  },
  show: (section, answer) => {
    const [field] = inputsOf(section);
    field.value = answer ?? field.dataset.template;
  },
};

/** A place on an image in thousandths; the inputs are per cent. */
const place = {
  read: (section) => {
    const [x, y] = inputsOf(section).map((input) => (input.value === "" ? NaN : Number(input.value)));
    if (!(x >= 0 && x <= 100 && y >= 0 && y <= 100)) return null;
    return { x: Math.round(x * 10), y: Math.round(y * 10) };
  },
  show: (section, answer) => {
    const [x, y] = inputsOf(section);
    x.value = answer ? String(answer.x / 10) : "";
    y.value = answer ? String(answer.y / 10) : "";
  },
};

/** Uploaded files, as JSON in one hidden input that `answer-files.js` keeps. */
const files = {
  read: (section) => JSON.parse(inputsOf(section)[0].value || "null"),
  show: (section, answer) => {
    inputsOf(section)[0].value = answer ? JSON.stringify(answer) : "";
  },
};

const KINDS = {
  single_choice: one,
  multiple_choice: many,
  true_false: truth,
  short_answer: text,
  numeric: text,
  matching: parts,
  ordering: order,
  essay: writing,
  cloze: parts,
  drag_words: parts,
  formula: text,
  hotspot: place,
  file_upload: files,
  code: writing,
};

/** What the inputs of a question say, in the form the API wants; null is no answer. */
export function readAnswer(section) {
  return KINDS[section.dataset.kind].read(section);
}

/** Put a kept answer back into the inputs. */
export function showAnswer(section, answer) {
  KINDS[section.dataset.kind].show(section, answer);
  section.dispatchEvent(new CustomEvent("cairn:shown"));
}

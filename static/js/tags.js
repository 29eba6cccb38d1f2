/**
 * Tags with commas between: the list of suggestions completes the one that is being typed, and the
 * ones before it stay.
 */
export function mount(field) {
  const list = document.getElementById(field.getAttribute("list"));
  if (!list) return;
  const names = [...list.options].map((option) => option.value);
  function offer() {
    const done = field.value.split(",").slice(0, -1).map((one) => one.trim());
    const before = done.length ? `${done.join(", ")}, ` : "";
    const used = new Set(done.map((one) => one.toLowerCase()));
    list.replaceChildren(
      ...names
        .filter((name) => !used.has(name.toLowerCase()))
        .map((name) => Object.assign(document.createElement("option"), { value: before + name })),
    );
  }
  field.addEventListener("input", offer);
  offer();
}

/** A textarea that grows with its words, where the browser cannot do it by itself. */
export function mount(area) {
  if (CSS.supports("field-sizing", "content")) return;
  const fit = () => {
    area.style.blockSize = "auto";
    area.style.blockSize = `${area.scrollHeight + 2}px`;
  };
  area.addEventListener("input", fit);
  fit();
}

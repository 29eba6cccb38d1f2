/**
 * A chart in a `.chart` frame. The option is JSON in `<script type="application/json">`, drawn in
 * `.chart-canvas`; the table beneath carries the same numbers in words. Colours written as
 * "--token" anywhere in the option are taken from the theme, and again when the theme changes.
 */
import { token } from "cairn/theme";

const SERIES = ["--series-1", "--series-2", "--series-3", "--series-4", "--series-5", "--series-6"];

function themed(value, element) {
  if (typeof value === "string") return value.startsWith("--") ? token(value, element) : value;
  if (Array.isArray(value)) return value.map((each) => themed(each, element));
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, themed(v, element)]));
  }
  return value;
}

function axis(given, muted, line, room) {
  if (!given) return given;
  const one = (each) => ({
    ...each,
    axisLine: { lineStyle: { color: line }, ...each.axisLine },
    axisTick: { show: false, ...each.axisTick },
    axisLabel: {
      color: muted,
      ...each.axisLabel,
      // Names are given what they ask for, but never more than a third of a small chart.
      ...(each.axisLabel?.width && { width: Math.min(each.axisLabel.width, room) }),
    },
    splitLine: { lineStyle: { color: line }, ...each.splitLine },
    nameTextStyle: { color: muted, ...each.nameTextStyle },
  });
  return Array.isArray(given) ? given.map(one) : one(given);
}

/** Room above the axes: for a legend, which breaks where it is wide, and the name of an axis. */
function above(option, width) {
  const names = option.legend?.type === "scroll" ? [] : (option.legend?.data ?? []);
  const wide = names.reduce((sum, name) => sum + 6.5 * String(name).length + 42, 0);
  const lines = option.legend ? Math.max(1, Math.ceil(wide / width)) : 0;
  const named = [option.yAxis].flat().some((one) => one?.name) ? 1 : 0;
  return lines + named ? 14 + 22 * (lines + named) : 12;
}

function dress(option, element) {
  const [text, muted, line, surface] = ["--text", "--muted", "--line", "--surface"].map((name) =>
    token(name, element),
  );
  const own = themed(option, element);
  const room = element.clientWidth / 3;
  return {
    color: SERIES.map((name) => token(name, element)),
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: text },
    animationDuration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 350,
    ...own,
    grid: { left: 8, right: 16, top: above(own, element.clientWidth), bottom: 8, containLabel: true, ...own.grid },
    legend: own.legend && { textStyle: { color: muted }, icon: "roundRect", top: 0, ...own.legend },
    tooltip: {
      trigger: "axis",
      backgroundColor: surface,
      borderColor: line,
      textStyle: { color: text },
      ...own.tooltip,
      renderMode: "richText",
      confine: true,
    },
    xAxis: axis(own.xAxis, muted, line, room),
    yAxis: axis(own.yAxis, muted, line, room),
    aria: { enabled: false },
  };
}

export async function mount(frame) {
  const canvas = frame.querySelector(".chart-canvas");
  const source = frame.querySelector('script[type="application/json"]');
  if (!canvas || !source) return undefined;
  const option = JSON.parse(source.textContent);
  const echarts = await import("echarts");
  const chart = echarts.init(canvas, null, { renderer: "canvas" });
  const draw = () => chart.setOption(dress(option, frame), true);
  draw();
  const watcher = new ResizeObserver(() => chart.resize());
  watcher.observe(canvas);
  document.addEventListener("cairn:theme", draw);
  frame.dataset.drawn = "true";
  return () => {
    watcher.disconnect();
    document.removeEventListener("cairn:theme", draw);
    chart.dispose();
  };
}

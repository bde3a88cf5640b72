// Draws every chart of a page, again when the theme changes, and in the size of its frame.

import { chartTheme, resolve, type ChartPayload, type Colours } from "./chart-option";
import { init } from "./echarts";

type Drawing = ReturnType<typeof init>;

const drawings = new Map<HTMLElement, Drawing>();
const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");

const resizing = new ResizeObserver((entries) => {
  for (const { target } of entries) drawings.get(target as HTMLElement)?.resize();
});

const pageColours = (): Colours => {
  const style = getComputedStyle(document.documentElement);
  return (name) => style.getPropertyValue(`--${name}`).trim();
};

const payloadOf = (canvas: HTMLElement): ChartPayload =>
  JSON.parse(canvas.querySelector("script")?.textContent ?? "{}") as ChartPayload;

interface Pointed {
  dataIndex: number;
  data?: { row?: number };
}

// A tooltip is the table's row: the same words, the same numbers, never a derived value of the drawing.
const tooltipOf = ({ header, rows }: ChartPayload, pointed: Pointed): HTMLElement => {
  const row = rows[pointed.data?.row ?? pointed.dataIndex] ?? [];
  const tooltip = document.createElement("div");
  tooltip.className = "chart-tooltip";
  const title = document.createElement("p");
  title.textContent = row[0] ?? "";
  const list = document.createElement("dl");
  row.slice(1).forEach((value, position) => {
    const pair = document.createElement("div");
    const term = document.createElement("dt");
    const detail = document.createElement("dd");
    term.textContent = header[position + 1] ?? "";
    detail.textContent = value;
    pair.append(term, detail);
    list.append(pair);
  });
  tooltip.append(title, list);
  return tooltip;
};

const tooltipOptions = (payload: ChartPayload, colours: Colours) => ({
  ...(payload.option["tooltip"] as object),
  confine: true,
  backgroundColor: colours("raised"),
  borderColor: colours("line"),
  padding: 0,
  axisPointer: { lineStyle: { color: colours("line-strong") }, crossStyle: { color: colours("line-strong") } },
  formatter: (pointed: Pointed | Pointed[]) => {
    const first = Array.isArray(pointed) ? pointed[0] : pointed;
    return first ? tooltipOf(payload, first) : "";
  },
});

const draw = (canvas: HTMLElement): void => {
  drawings.get(canvas)?.dispose();
  const payload = payloadOf(canvas);
  const colours = pageColours();
  const surface = canvas.querySelector<HTMLElement>(".chart-surface") ?? canvas.appendChild(document.createElement("div"));
  surface.className = "chart-surface";
  const drawing = init(surface, chartTheme(colours, getComputedStyle(canvas).fontFamily), { renderer: "svg" });
  const option = resolve(payload.option, colours, payload.formats) as Record<string, unknown>;
  drawing.setOption({ animation: !reducedMotion.matches, animationDuration: 400, ...option, tooltip: tooltipOptions(payload, colours) });
  drawings.set(canvas, drawing);
  resizing.observe(canvas);
};

const drawNew = (): void => {
  for (const [canvas, drawing] of drawings) {
    if (canvas.isConnected) continue;
    drawing.dispose();
    resizing.unobserve(canvas);
    drawings.delete(canvas);
  }
  for (const canvas of document.querySelectorAll<HTMLElement>("[data-chart]")) if (!drawings.has(canvas)) draw(canvas);
};

const drawAgain = (): void => [...drawings.keys()].forEach(draw);

new MutationObserver(drawAgain).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
document.addEventListener("htmx:after:swap", drawNew);
drawNew();

// Draws a chart as SVG text outside a browser, for printed reports: globalThis.printChart(payload, palette, width, height).

import { chartTheme, resolve, type ChartPayload } from "./chart-option";
import { init } from "./echarts";

const FONT = "Inter, Helvetica, Arial, sans-serif";

const printChart = (payload: ChartPayload, palette: Record<string, string>, width: number, height: number): string => {
  const colours = (name: string): string => palette[name] ?? "#000000";
  const drawing = init(null, chartTheme(colours, FONT), { renderer: "svg", ssr: true, width, height });
  try {
    drawing.setOption({ animation: false, ...(resolve(payload.option, colours, payload.formats) as object) });
    return drawing.renderToSVGString();
  } finally {
    drawing.dispose(); // or its timers keep the program alive
  }
};

Object.assign(globalThis, { printChart });

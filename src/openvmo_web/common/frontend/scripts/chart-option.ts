// Turns the plain data of a chart into what ECharts draws. Used in the browser and for printed reports alike, so it
// touches neither the page nor the languages of a browser.

export interface AxisFormat {
  decimal: string;
  group: string;
  minus: string;
  scales: [from: number, divisor: number, prefix: string, suffix: string][];
}

export interface ChartPayload {
  option: Record<string, unknown>;
  header: string[];
  rows: string[][];
  formats: Record<string, AxisFormat>;
}

export type Colours = (name: string) => string;

const withGroups = (digits: string, group: string): string => digits.replace(/\B(?=(\d{3})+$)/g, group);

export const formatTick = (value: number, format: AxisFormat): string => {
  const size = Math.abs(value);
  const [, divisor, prefix, suffix] = format.scales.findLast(([from]) => size >= from) ?? [0, 1, "", ""];
  const [whole = "0", fraction] = String(Number((size / divisor).toPrecision(4))).split(".");
  const digits = withGroups(whole, format.group) + (fraction ? format.decimal + fraction : "");
  return (value < 0 ? format.minus : "") + prefix + digits + suffix;
};

const resolveText = (text: string, colours: Colours, formats: Record<string, AxisFormat>): unknown => {
  if (text.startsWith("token:")) return colours(text.slice("token:".length));
  if (!text.startsWith("format:")) return text;
  const format = formats[text.slice("format:".length)];
  return format ? (value: number) => formatTick(value, format) : text;
};

export const resolve = (part: unknown, colours: Colours, formats: Record<string, AxisFormat>): unknown => {
  if (typeof part === "string") return resolveText(part, colours, formats);
  if (Array.isArray(part)) return part.map((item) => resolve(item, colours, formats));
  if (part === null || typeof part !== "object") return part;
  return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, resolve(value, colours, formats)]));
};

const axisTheme = (colours: Colours) => ({
  axisLine: { lineStyle: { color: colours("line") } },
  axisTick: { show: false },
  axisLabel: { color: colours("ink-muted"), fontSize: 11 },
  nameTextStyle: { color: colours("ink-secondary"), fontSize: 12 },
  splitLine: { lineStyle: { color: colours("grid") } },
});

export const chartTheme = (colours: Colours, fontFamily: string) => ({
  color: [1, 2, 3, 4, 5, 6].map((position) => colours(`series-${position}`)),
  backgroundColor: "transparent",
  textStyle: { fontFamily },
  categoryAxis: { ...axisTheme(colours), splitLine: { show: false } },
  valueAxis: { ...axisTheme(colours), axisLine: { show: false } },
  legend: {
    textStyle: { color: colours("ink-secondary"), fontSize: 12 },
    itemWidth: 14,
    itemHeight: 8,
    itemGap: 16,
    pageTextStyle: { color: colours("ink-secondary") },
    pageIconColor: colours("ink-secondary"),
    pageIconInactiveColor: colours("line-strong"),
  },
});

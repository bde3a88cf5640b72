// The drawing as a file that stands by itself: colours, letters and icons travel with it.

import { element, type Canvas } from "./canvas";

const LOOKS = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "opacity", "font-family", "font-size", "font-weight", "direction"];
const TOOLS = ".map-handle, .map-handle-room, .map-link-room, .map-draft";
const SHARPNESS = 2;

const standalone = (canvas: Canvas): SVGSVGElement => {
  const size = canvas.size;
  const copy = canvas.svg.cloneNode(true) as SVGSVGElement;
  const originals = [canvas.svg, ...canvas.svg.querySelectorAll("*")];
  const copies = [copy, ...copy.querySelectorAll("*")];
  copies.forEach((part, position) => {
    const original = originals[position];
    if (!original) return;
    const style = getComputedStyle(original);
    for (const look of LOOKS) part.setAttribute(look, style.getPropertyValue(look));
  });
  copy.querySelector(".map-headings")?.removeAttribute("transform");
  copy.querySelectorAll(TOOLS).forEach((tool) => tool.remove());
  for (const part of [copy, ...copy.querySelectorAll("*")])
    for (const name of ["class", "tabindex", "role", "aria-pressed", "aria-label", "data-id", "data-link"]) part.removeAttribute(name);
  const ground = getComputedStyle(document.documentElement).getPropertyValue("--surface").trim();
  copy.prepend(element("rect", { x: size.x, y: size.y, width: size.width, height: size.height, fill: ground }));
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("viewBox", `${size.x} ${size.y} ${size.width} ${size.height}`);
  copy.setAttribute("width", String(size.width));
  copy.setAttribute("height", String(size.height));
  return copy;
};

const download = (content: Blob, name: string): void => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
};

const asText = (canvas: Canvas): string => new XMLSerializer().serializeToString(standalone(canvas));

export const exportSvg = (canvas: Canvas, name: string): void =>
  download(new Blob([asText(canvas)], { type: "image/svg+xml" }), `${name}.svg`);

export const exportPng = async (canvas: Canvas, name: string): Promise<void> => {
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(asText(canvas))}`;
  await picture.decode();
  const sheet = document.createElement("canvas");
  sheet.width = canvas.size.width * SHARPNESS;
  sheet.height = canvas.size.height * SHARPNESS;
  sheet.getContext("2d")?.drawImage(picture, 0, 0, sheet.width, sheet.height);
  const content = await new Promise<Blob | null>((resolve) => sheet.toBlob(resolve, "image/png"));
  if (content) download(content, `${name}.png`);
};

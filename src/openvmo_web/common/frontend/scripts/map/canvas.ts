// Draws a map: columns with headings, things as boxes, links as curves. It knows nothing of servers or keys.

import type { Icons } from "./icons";
import type { Band, Drawing, Link, Point, Thing, WhatIf } from "./types";

const SVG = "http://www.w3.org/2000/svg";
const PADDING = 16;
const MARGIN = 28;
const LINE = 17;
const ARROW = 7;
const ICON = 15;

type Attributes = Record<string, string | number>;

export const element = <Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Attributes,
  ...children: (Node | string)[]
): SVGElementTagNameMap[Name] => {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.append(...children);
  return made;
};

const measuring = document.createElement("canvas").getContext("2d");

const widthOf = (text: string, font: string): number => {
  if (!measuring) return text.length * 7;
  measuring.font = font;
  return measuring.measureText(text).width;
};

const shortened = (text: string, room: number, font: string): string => {
  if (widthOf(text, font) <= room) return text;
  let cut = text;
  while (cut && widthOf(`${cut}…`, font) > room) cut = cut.slice(0, -1);
  return `${cut.trimEnd()}…`;
};

// Two lines hold most names; the whole name is in the box's title and in the panel.
const inTwoLines = (text: string, room: number, font: string): string[] => {
  const words = text.split(/\s+/);
  let first = words.shift() ?? "";
  while (words[0] !== undefined && widthOf(`${first} ${words[0]}`, font) <= room) first += ` ${words.shift() ?? ""}`;
  return words.length ? [shortened(first, room, font), shortened(words.join(" "), room, font)] : [shortened(first, room, font)];
};

export class Canvas {
  readonly svg: SVGSVGElement;
  drawing: Drawing = { width: 0, height: 0, top: 0, bands: [], things: [], links: [] };
  private readonly boxes = new Map<string, SVGGElement>();
  private readonly curves = new Map<string, SVGGElement>();
  private readonly places = new Map<string, Point>();
  private readonly isMirrored = document.documentElement.dir === "rtl";
  private readonly font: string;
  private headings: SVGGElement = element("g", {});

  constructor(
    stage: HTMLElement,
    private readonly icons: Icons,
    label: string,
    private readonly canConnect: boolean,
  ) {
    this.svg = element("svg", { class: "map-canvas", role: "group", "aria-label": label });
    stage.append(this.svg);
    this.font = `600 13px ${getComputedStyle(stage).fontFamily}`;
  }

  draw(drawing: Drawing): void {
    this.drawing = drawing;
    for (const known of [this.boxes, this.curves, this.places]) known.clear();
    for (const thing of drawing.things) this.places.set(thing.id, { x: this.mirrored(thing.x), y: thing.y });
    const links = element("g", {}, ...drawing.links.map((link) => this.curve(link)));
    const things = element("g", {}, ...drawing.things.map((thing) => this.box(thing)));
    this.headings = element("g", { class: "map-headings" }, ...drawing.bands.map((band) => this.heading(band)));
    this.svg.replaceChildren(this.columns(), links, things, this.headings);
  }

  // The headings stay in sight while the columns are moved.
  pinHeadings(top: number): void {
    this.headings.setAttribute("transform", `translate(0 ${Math.max(top, 0)})`);
  }

  // Right-to-left pages are read from the right: the drawing is mirrored, what is stored is not.
  mirrored(x: number): number {
    return this.isMirrored ? this.right - x - this.drawing.width : x;
  }

  get forward(): 1 | -1 {
    return this.isMirrored ? -1 : 1;
  }

  get size(): { x: number; y: number; width: number; height: number } {
    const lowest = Math.max(this.drawing.top, ...[...this.places.values()].map((place) => place.y));
    return { x: -MARGIN, y: 0, width: this.right + 2 * MARGIN, height: lowest + this.drawing.height + MARGIN };
  }

  // Where the first column begins, with which people begin to read.
  get highest(): number {
    const first = this.drawing.things[0]?.kind;
    const column = this.drawing.things.filter((thing) => thing.kind === first);
    return Math.min(...column.map((thing) => this.place(thing.id).y), Infinity);
  }

  // The height at which to begin to read what lies between two edges: from its very top where the first column is then
  // in sight too, else from the first column, or as much above it as the headings need to cut nothing.
  beginning(left: number, width: number, height: number): number {
    const { top, width: wide, height: high } = this.drawing;
    const seen = [...this.places.values()].filter(({ x }) => x + wide > left && x < left + width).map(({ y }) => y);
    const above = Math.min(...seen, this.highest) - top;
    return Math.max(this.highest + high <= above + height ? above : uncut(this.highest - top, seen, top, high), 0);
  }

  place(id: string): Point {
    return this.places.get(id) ?? { x: 0, y: 0 };
  }

  move(id: string, to: Point): void {
    const thing = this.drawing.things.find((one) => one.id === id);
    const band = this.drawing.bands.find((one) => one.kind === thing?.kind);
    if (!band) return;
    const x = Math.min(Math.max(this.mirrored(to.x), band.start), band.end - this.drawing.width);
    const place = { x: this.mirrored(x), y: Math.max(to.y, this.drawing.top) };
    this.places.set(id, place);
    this.boxes.get(id)?.setAttribute("transform", `translate(${place.x} ${place.y})`);
    for (const link of this.drawing.links) if (link.source === id || link.target === id) this.reshape(link);
  }

  // As the server keeps it: from the start of the column, whatever else is added before it.
  stored(id: string): Point {
    const place = this.place(id);
    const thing = this.drawing.things.find((one) => one.id === id);
    const band = this.drawing.bands.find((one) => one.kind === thing?.kind);
    return { x: this.mirrored(place.x) - (band?.start ?? 0), y: place.y };
  }

  boxOf(id: string): SVGGElement | undefined {
    return this.boxes.get(id);
  }

  thing(id: string): Thing | undefined {
    return this.drawing.things.find((one) => one.id === id);
  }

  choose(id: string): void {
    for (const [key, box] of this.boxes) box.setAttribute("aria-pressed", String(key === id));
    for (const [key, curve] of this.curves) curve.classList.toggle("map-chosen", key === id);
  }

  enter(id: string): void {
    for (const [key, box] of this.boxes) box.setAttribute("tabindex", key === id ? "0" : "-1");
  }

  showLosses(answer: WhatIf | null, cut: ReadonlySet<string>): void {
    this.svg.classList.toggle("map-asking", answer !== null);
    for (const [id, box] of this.boxes) {
      const thing = this.thing(id);
      const loss = answer?.losses[id] ?? 0;
      const isTouched = loss > 0 || (answer?.touched.includes(id) ?? false);
      box.classList.toggle("map-cut", cut.has(id) && answer !== null);
      box.classList.toggle("map-hit", isTouched && !cut.has(id));
      const state = box.querySelector(".map-state");
      if (state && thing) state.textContent = answer?.labels[id] ?? thing.state;
      box.setAttribute("aria-label", answer?.labels[id] ? `${thing?.words}, ${answer.labels[id]}` : (thing?.words ?? ""));
    }
    for (const link of this.drawing.links) {
      const lost = (answer?.losses[link.source] ?? 0) > 0;
      this.curves.get(link.id)?.classList.toggle("map-hit", lost);
    }
  }

  showConnecting(from: string | null, to: Point | null): void {
    this.svg.querySelector(".map-draft")?.remove();
    for (const [id, box] of this.boxes) box.classList.toggle("map-source", id === from);
    if (from === null || to === null) return;
    this.svg.append(element("path", { class: "map-draft", d: this.path(this.exit(from), to) }));
  }

  private get right(): number {
    return Math.max(this.drawing.width, ...this.drawing.bands.map((band) => band.end));
  }

  private columns(): SVGGElement {
    const height = Math.max(this.size.height - 12, 0);
    const bands = this.drawing.bands.map((band) => element("rect", { class: "map-band", ...this.across(band), y: 0, height, rx: 12 }));
    return element("g", {}, ...bands);
  }

  private heading(band: Band): SVGGElement {
    const { x, width } = this.across(band);
    const ground = element("rect", { class: "map-heading-ground", x, y: 0, width, height: 48 });
    return element("g", {}, ground, element("text", { class: "map-heading", x: x + width / 2, y: 30, "text-anchor": "middle" }, band.title));
  }

  private across(band: Band): { x: number; width: number } {
    const start = this.isMirrored ? this.right - band.end : band.start;
    return { x: start - PADDING, width: band.end - band.start + 2 * PADDING };
  }

  private box(thing: Thing): SVGGElement {
    const { width, height } = this.drawing;
    const place = this.place(thing.id);
    const across = (from: number): number => (this.isMirrored ? width - from : from);
    const lines = inTwoLines(thing.name, width - PADDING - 18, this.font);
    const name = element(
      "text",
      { class: "map-name" },
      ...lines.map((line, row) => element("tspan", { x: across(PADDING), y: 25 + row * LINE }, line)),
    );
    const parts: SVGElement[] = [
      element("title", {}, thing.name),
      element("rect", { class: "map-box", width, height, rx: 8 }),
      element("rect", { class: "map-edge", x: across(0) - (this.isMirrored ? 4 : 0), y: 10, width: 4, height: height - 20, rx: 2 }),
      name,
    ];
    if (thing.weight > 0) {
      const length = Math.max(4, (width - 2 * PADDING) * thing.weight);
      parts.push(element("rect", { class: "map-weight", x: this.isMirrored ? width - PADDING - length : PADDING, y: height - 7, width: length, height: 3, rx: 1.5 }));
    }
    if (thing.state) parts.push(this.icon(thing.icon, across(PADDING) - (this.isMirrored ? ICON : 0), height - 30));
    parts.push(element("text", { class: "map-state", x: across(PADDING + (thing.state ? ICON + 5 : 0)), y: height - 18 }, thing.state));
    if (thing.note) parts.push(element("text", { class: "map-note", x: across(width - 12), y: height - 18, "text-anchor": "end" }, thing.note));
    if (this.canConnect && thing.kind !== "objective")
      parts.push(
        element("circle", { class: "map-handle-room", cx: across(width), cy: height / 2, r: 14 }),
        element("circle", { class: "map-handle", cx: across(width), cy: height / 2, r: 6 }),
      );
    const box = element(
      "g",
      {
        class: `map-thing tone-${thing.tone}`,
        transform: `translate(${place.x} ${place.y})`,
        role: "button",
        tabindex: "-1",
        "aria-pressed": "false",
        "aria-label": thing.words,
        "data-id": thing.id,
      },
      ...parts,
    );
    this.boxes.set(thing.id, box);
    return box;
  }

  private icon(name: string, x: number, y: number): SVGElement {
    const drawn = (this.icons.get(name) ?? []).map((part) => document.importNode(part, true));
    return element("g", { class: "map-icon", transform: `translate(${x} ${y}) scale(${ICON / 24})` }, ...drawn);
  }

  private curve(link: Link): SVGGElement {
    const curve = element(
      "g",
      { class: "map-link", "data-link": link.id },
      element("title", {}, link.label ? `${link.words} (${link.label})` : link.words),
      element("path", { class: "map-link-room" }),
      element("path", { class: "map-line" }),
      element("path", { class: "map-arrow" }),
      element("text", { class: "map-strength", "text-anchor": "middle" }, link.label),
    );
    this.curves.set(link.id, curve);
    this.reshape(link);
    return curve;
  }

  private reshape(link: Link): void {
    const curve = this.curves.get(link.id);
    if (!curve) return;
    const start = this.exit(link.source);
    const end = this.entry(link.target);
    const tip = { x: end.x - this.forward * ARROW, y: end.y };
    const path = this.path(start, tip);
    for (const line of curve.querySelectorAll(".map-line, .map-link-room")) line.setAttribute("d", path);
    const arrow = `M${end.x} ${end.y}L${tip.x} ${tip.y - ARROW / 2}L${tip.x} ${tip.y + ARROW / 2}Z`;
    curve.querySelector(".map-arrow")?.setAttribute("d", arrow);
    const label = curve.querySelector(".map-strength");
    label?.setAttribute("x", String((start.x + tip.x) / 2));
    label?.setAttribute("y", String((start.y + tip.y) / 2 - 5));
  }

  private exit(id: string): Point {
    const { x, y } = this.place(id);
    return { x: x + (this.isMirrored ? 0 : this.drawing.width), y: y + this.drawing.height / 2 };
  }

  private entry(id: string): Point {
    const { x, y } = this.place(id);
    return { x: x + (this.isMirrored ? this.drawing.width : 0), y: y + this.drawing.height / 2 };
  }

  private path(start: Point, end: Point): string {
    const bend = this.forward * Math.max(36, Math.abs(end.x - start.x) / 2);
    return `M${start.x} ${start.y}C${start.x + bend} ${start.y} ${end.x - bend} ${end.y} ${end.x} ${end.y}`;
  }
}

// A height, or one a little above it, at which headings that reach down by `top` cut nothing.
function uncut(from: number, heights: number[], top: number, high: number): number {
  const cut = heights.filter((y) => y < from + top && y + high > from);
  return cut.length > 0 ? uncut(Math.min(...cut) - top, heights, top, high) : from;
}

// Which part of the drawing is seen, and how large.

import type { Canvas } from "./canvas";
import type { Point } from "./types";

const LEAST = 0.15;
const MOST = 2.5;
const READABLE = 0.55;
const STEP = 1.25;

export class View {
  private x = 0;
  private y = 0;
  private scale = 1;

  constructor(
    private readonly canvas: Canvas,
    private readonly stage: HTMLElement,
  ) {
    new ResizeObserver(() => this.apply()).observe(stage);
  }

  get percent(): string {
    return String(Math.round(100 * this.scale));
  }

  // The whole drawing where it can be read, else its whole width, else as much of its beginning as can be read.
  begin(): void {
    this.fit();
    if (this.scale >= READABLE) return;
    const size = this.canvas.size;
    this.scale = Math.min(Math.max(this.stage.clientWidth / size.width, READABLE), 1);
    this.x = this.canvas.forward === 1 ? size.x : size.x + size.width - this.stage.clientWidth / this.scale;
    this.y = this.canvas.beginning(this.x, this.stage.clientWidth / this.scale, this.stage.clientHeight / this.scale);
    this.apply();
  }

  fit(): void {
    const size = this.canvas.size;
    const fitting = Math.min(this.stage.clientWidth / size.width, this.stage.clientHeight / size.height, 1);
    this.scale = Math.max(fitting, LEAST);
    this.x = size.x - (this.stage.clientWidth / this.scale - size.width) / 2;
    this.y = size.y;
    this.apply();
  }

  zoom(direction: 1 | -1, at?: Point): void {
    this.zoomBy(direction === 1 ? STEP : 1 / STEP, at);
  }

  zoomBy(factor: number, at?: Point): void {
    const fixed = at ?? this.centre();
    const scale = Math.min(Math.max(this.scale * factor, LEAST), MOST);
    this.x = fixed.x - ((fixed.x - this.x) * this.scale) / scale;
    this.y = fixed.y - ((fixed.y - this.y) * this.scale) / scale;
    this.scale = scale;
    this.apply();
  }

  pan(across: number, down: number): void {
    this.x -= across / this.scale;
    this.y -= down / this.scale;
    this.apply();
  }

  // From a place on the screen to one in the drawing.
  at(clientX: number, clientY: number): Point {
    const frame = this.stage.getBoundingClientRect();
    return { x: this.x + (clientX - frame.left) / this.scale, y: this.y + (clientY - frame.top) / this.scale };
  }

  reveal(id: string): void {
    const { x, y } = this.canvas.place(id);
    const { width, height } = this.canvas.drawing;
    const room = 24;
    const seenAcross = this.stage.clientWidth / this.scale;
    const seenDown = this.stage.clientHeight / this.scale;
    if (x - room < this.x) this.x = x - room;
    else if (x + width + room > this.x + seenAcross) this.x = x + width + room - seenAcross;
    const head = this.canvas.drawing.top;
    if (y - head < this.y) this.y = y - head;
    else if (y + height + room > this.y + seenDown) this.y = y + height + room - seenDown;
    this.apply();
  }

  private centre(): Point {
    return { x: this.x + this.stage.clientWidth / this.scale / 2, y: this.y + this.stage.clientHeight / this.scale / 2 };
  }

  private apply(): void {
    const width = this.stage.clientWidth / this.scale;
    const height = this.stage.clientHeight / this.scale;
    this.canvas.pinHeadings(this.y);
    if (width && height) this.canvas.svg.setAttribute("viewBox", `${this.x} ${this.y} ${width} ${height}`);
  }
}

// Edits the map by mouse, touch and keyboard. What was done is told to the server, which answers with the map anew.

import { Canvas } from "./canvas";
import { exportPng, exportSvg } from "./export";
import { loadIcons } from "./icons";
import { Panel } from "./panel";
import { Refusal, Server, type Answer } from "./server";
import { filled, type Addresses, type Changed, type Drawing, type Point, type Thing, type WhatIf, type Words } from "./types";
import { View } from "./view";
import { across, along } from "./walk";

const DRAG_FROM = 4;
const NUDGE = 16;
const SAVE_AFTER = 600;

const read = <Read>(id: string): Read => JSON.parse(document.getElementById(id)?.textContent ?? "{}") as Read;

export const startMap = async (frame: HTMLElement): Promise<void> => {
  const icons = await loadIcons(frame.dataset["icons"] ?? "");
  frame.hidden = false;
  document.querySelector("[data-map-table]")?.removeAttribute("open");
  document.querySelector("[data-map-plain]")?.parentElement?.remove();
  const editor = new Editor(frame, new Canvas(frame.querySelector("[data-map-stage]") ?? frame, icons, document.querySelector("h1")?.textContent ?? "", "mayChange" in frame.dataset));
  editor.start(read<Drawing>("map-drawing"));
};

class Editor {
  private readonly mayChange: boolean;
  private readonly words = read<Words>("map-words");
  private readonly server: Server;
  private readonly stage: HTMLElement;
  private readonly view: View;
  private readonly panel: Panel;
  private readonly pointers = new Map<number, PointerEvent>();
  private readonly cut = new Set<string>();
  private current = "";
  private connectingFrom: string | null = null;
  private isAsking = false;
  private dragged: { id: string; grip: Point; start: Point; hasMoved: boolean } | null = null;
  private readonly nudged = new Set<string>();
  private nudging: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly frame: HTMLElement,
    private readonly canvas: Canvas,
  ) {
    this.mayChange = "mayChange" in frame.dataset;
    const token = frame.querySelector<HTMLInputElement>("[data-map-token] input")?.value ?? "";
    this.server = new Server(read<Addresses>("map-addresses"), this.words, token);
    this.stage = frame.querySelector<HTMLElement>("[data-map-stage]") ?? frame;
    this.view = new View(canvas, this.stage);
    this.panel = new Panel(frame.querySelector<HTMLElement>("[data-map-panel]") ?? frame, this.server, {
      answered: (answer) => this.take(answer),
      failed: (problem) => this.fail(problem),
      go: (id) => this.goTo(id),
      closed: () => this.backToMap(),
    });
  }

  start(drawing: Drawing): void {
    this.canvas.draw(drawing);
    this.enter(drawing.things[0]?.id ?? "");
    this.view.begin();
    this.listen();
    // An address may name a thing: somebody looked for it.
    const wanted = this.canvas.thing(location.hash.slice(1));
    if (wanted) this.pick(wanted.id);
  }

  // Tools, pointers and keys

  private listen(): void {
    const { svg } = this.canvas;
    svg.addEventListener("pointerdown", (event) => this.onDown(event));
    svg.addEventListener("pointermove", (event) => this.onMove(event));
    for (const name of ["pointerup", "pointercancel"] as const) svg.addEventListener(name, (event) => this.onUp(event));
    svg.addEventListener("dblclick", (event) => this.onDoubleClick(event));
    svg.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    svg.addEventListener("keydown", (event) => this.onKey(event));
    svg.addEventListener("focusin", (event) => {
      const id = (event.target as Element).closest<SVGElement>("[data-id]")?.dataset["id"];
      if (id !== undefined) this.enter(id);
    });
    this.frame.addEventListener("click", (event) => {
      const tool = (event.target as Element).closest<HTMLElement>("[data-map-tool]")?.dataset["mapTool"];
      if (tool !== undefined) this.use(tool);
    });
    const add = document.querySelector<HTMLAnchorElement>("[data-map-add]");
    add?.addEventListener("click", (event) => {
      event.preventDefault();
      this.add("enabler");
    });
    for (const button of document.querySelectorAll<HTMLButtonElement>("[data-map-export]")) {
      button.hidden = false;
      button.addEventListener("click", () => this.export(button.dataset["mapExport"] === "png"));
    }
    addEventListener("beforeprint", () => this.view.fit());
  }

  private use(tool: string): void {
    if (tool === "in" || tool === "out") this.zoom(tool === "in" ? 1 : -1);
    else if (tool === "fit") this.view.fit();
    else if (tool === "whatIf") this.askWhatIf(!this.isAsking);
    else if (tool === "tidy") this.send(this.server.addresses.tidy, {}, () => this.view.begin());
    else if (tool === "undo") this.send(this.server.addresses.undo, {});
  }

  private onDown(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.pointers.set(event.pointerId, event);
    this.canvas.svg.setPointerCapture(event.pointerId);
    const target = event.target as Element;
    const id = target.closest<SVGElement>("[data-id]")?.dataset["id"];
    if (this.pointers.size > 1 || id === undefined) return;
    if (target.matches(".map-handle, .map-handle-room") && this.mayChange) {
      this.connectingFrom = id;
      return;
    }
    const at = this.view.at(event.clientX, event.clientY);
    const place = this.canvas.place(id);
    this.dragged = { id, grip: { x: at.x - place.x, y: at.y - place.y }, start: { x: event.clientX, y: event.clientY }, hasMoved: false };
  }

  private onMove(event: PointerEvent): void {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const at = this.view.at(event.clientX, event.clientY);
    if (this.pointers.size === 2) this.pinch(event, before);
    else if (this.connectingFrom !== null) this.canvas.showConnecting(this.connectingFrom, at);
    else if (this.dragged) this.drag(event, at);
    else this.view.pan(event.clientX - before.clientX, event.clientY - before.clientY);
    this.pointers.set(event.pointerId, event);
  }

  private drag(event: PointerEvent, at: Point): void {
    const dragged = this.dragged;
    if (!dragged || !this.mayChange) return;
    const far = Math.hypot(event.clientX - dragged.start.x, event.clientY - dragged.start.y);
    dragged.hasMoved ||= far > DRAG_FROM;
    if (dragged.hasMoved) this.canvas.move(dragged.id, { x: at.x - dragged.grip.x, y: at.y - dragged.grip.y });
  }

  private pinch(event: PointerEvent, before: PointerEvent): void {
    const other = [...this.pointers.values()].find((one) => one.pointerId !== event.pointerId);
    if (!other) return;
    const distance = (one: PointerEvent): number => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
    const middle = this.view.at((event.clientX + other.clientX) / 2, (event.clientY + other.clientY) / 2);
    if (distance(before) > 0) this.view.zoomBy(distance(event) / distance(before), middle);
  }

  private onUp(event: PointerEvent): void {
    const began = this.pointers.delete(event.pointerId);
    const { dragged, connectingFrom } = this;
    this.dragged = null;
    if (!began) return;
    const under = document.elementFromPoint(event.clientX, event.clientY);
    const id = under?.closest<SVGElement>("[data-id]")?.dataset["id"];
    if (connectingFrom !== null && !dragged) {
      this.leaveConnecting();
      if (id !== undefined && id !== connectingFrom && event.type === "pointerup") this.connect(connectingFrom, id);
    } else if (dragged?.hasMoved) this.savePlaces([dragged.id]);
    else if (dragged) this.pick(dragged.id);
    else {
      const link = under?.closest<SVGElement>("[data-link]")?.dataset["link"];
      if (link !== undefined) this.openLink(link);
    }
  }

  private onDoubleClick(event: MouseEvent): void {
    if ((event.target as Element).closest("[data-id], [data-link]") || !this.mayChange) return;
    const { x } = this.view.at(event.clientX, event.clientY);
    const across = this.canvas.mirrored(x);
    const band = this.canvas.drawing.bands.find((one) => across < one.end + NUDGE);
    this.add(band?.kind ?? "outcome");
  }

  private onWheel(event: WheelEvent): void {
    // Without a key the wheel scrolls the page, as everywhere.
    if (!event.ctrlKey && !event.metaKey && !event.shiftKey) return;
    event.preventDefault();
    if (event.shiftKey) this.view.pan(-(event.deltaX || event.deltaY), 0);
    else this.view.zoom(event.deltaY < 0 ? 1 : -1, this.view.at(event.clientX, event.clientY));
  }

  private onKey(event: KeyboardEvent): void {
    const thing = this.canvas.thing(this.current);
    if (event.ctrlKey || event.metaKey || !thing) return;
    const act = event.altKey ? this.nudgeOf(event.key, thing) : this.actOf(event.key, thing);
    if (!act) return;
    event.preventDefault();
    act();
  }

  private nudgeOf(key: string, thing: Thing): (() => void) | undefined {
    const step = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[key];
    if (!step || !this.mayChange) return undefined;
    return () => {
      const { x, y } = this.canvas.place(thing.id);
      this.canvas.move(thing.id, { x: x + NUDGE * (step[0] ?? 0), y: y + NUDGE * (step[1] ?? 0) });
      this.nudged.add(thing.id);
      clearTimeout(this.nudging);
      this.nudging = setTimeout(() => this.saveNudged(), SAVE_AFTER);
    };
  }

  private actOf(key: string, thing: Thing): (() => void) | undefined {
    const things = this.canvas.drawing.things;
    const place = things.indexOf(thing);
    const ahead = this.canvas.forward === 1 ? "ArrowRight" : "ArrowLeft";
    const isFree = this.connectingFrom === null;
    const acts: Record<string, () => void> = {
      ArrowUp: () => this.focus(along(this.canvas, thing, -1)),
      ArrowDown: () => this.focus(along(this.canvas, thing, 1)),
      ArrowLeft: () => this.focus(across(this.canvas, thing, ahead === "ArrowLeft", isFree)),
      ArrowRight: () => this.focus(across(this.canvas, thing, ahead === "ArrowRight", isFree)),
      PageDown: () => this.focus(things[place + 1]),
      PageUp: () => this.focus(things[place - 1]),
      Home: () => this.focus(things[0]),
      End: () => this.focus(things.at(-1)),
      Enter: () => this.confirm(thing),
      " ": () => this.confirm(thing),
      Escape: () => this.leave(),
      "+": () => this.zoom(1),
      "=": () => this.zoom(1),
      "-": () => this.zoom(-1),
      "0": () => this.view.fit(),
      w: () => this.askWhatIf(!this.isAsking),
      x: () => this.toggleCut(thing),
      "?": () => document.querySelector<HTMLElement>("[data-dialog=map-keys]")?.click(),
    };
    const changes: Record<string, () => void> = {
      c: () => this.beginConnecting(thing),
      n: () => this.add(thing.kind),
      u: () => this.use("undo"),
      Delete: () => void this.remove(thing),
    };
    const name = key.length === 1 ? key.toLowerCase() : key;
    return acts[name] ?? (this.mayChange ? changes[name] : undefined);
  }

  // Choosing and opening

  private enter(id: string): void {
    this.current = id;
    this.canvas.enter(id);
  }

  private focus(thing: Thing | undefined): void {
    if (!thing) return;
    this.enter(thing.id);
    this.canvas.boxOf(thing.id)?.focus({ preventScroll: true });
    this.view.reveal(thing.id);
  }

  private pick(id: string): void {
    const thing = this.canvas.thing(id);
    if (!thing) return;
    this.focus(thing);
    if (this.isAsking) this.toggleCut(thing);
    else this.open(thing, false);
  }

  private open(thing: Thing, enter: boolean): void {
    this.canvas.choose(thing.id);
    this.panel.open(thing.url, enter).then(
      () => this.view.reveal(thing.id),
      (problem: unknown) => this.fail(problem),
    );
  }

  private openLink(id: string): void {
    const link = this.canvas.drawing.links.find((one) => one.id === id);
    if (!link) return;
    this.canvas.choose(id);
    this.panel.open(link.url, false).catch((problem: unknown) => this.fail(problem));
  }

  private goTo(id: string): boolean {
    const thing = this.canvas.thing(id);
    if (!thing) return false;
    this.enter(id);
    this.view.reveal(id);
    this.open(thing, true);
    return true;
  }

  private backToMap(): void {
    this.canvas.choose("");
    this.canvas.boxOf(this.current)?.focus({ preventScroll: true });
  }

  private confirm(thing: Thing): void {
    const from = this.connectingFrom;
    if (from !== null) {
      this.leaveConnecting();
      if (from !== thing.id) this.connect(from, thing.id);
    } else if (this.isAsking) this.toggleCut(thing);
    else this.open(thing, true);
  }

  private leave(): void {
    if (this.connectingFrom !== null) {
      this.leaveConnecting();
      this.say(filled(this.words["notConnecting"]));
    } else if (this.panel.isOpen) this.panel.close();
  }

  private zoom(direction: 1 | -1): void {
    this.view.zoom(direction);
    this.say(filled(this.words["zoom"], { percent: this.view.percent }));
  }

  // Changing

  private add(kind: string): void {
    const url = new URL(this.server.addresses.add, location.href);
    url.searchParams.set("kind", ["enabler", "change", "outcome"].includes(kind) ? kind : "outcome");
    this.panel.open(url.href, true).then(
      () => this.frame.querySelector<HTMLElement>("#node_name")?.focus(),
      (problem: unknown) => this.fail(problem),
    );
  }

  private beginConnecting(thing: Thing): void {
    if (thing.kind === "objective") {
      this.say(filled(this.words["cannotConnect"], { name: thing.name }));
      return;
    }
    this.connectingFrom = thing.id;
    this.canvas.showConnecting(thing.id, null);
    this.hint(filled(this.words["connecting"], { name: thing.name }));
  }

  private leaveConnecting(): void {
    this.connectingFrom = null;
    this.canvas.showConnecting(null, null);
    this.hint(this.isAsking ? filled(this.words["whatIfOn"]) : "");
  }

  private connect(source: string, target: string): void {
    this.send(this.server.addresses.connect, { source, target });
  }

  private saveNudged(): void {
    const ids = [...this.nudged];
    this.nudged.clear();
    this.savePlaces(ids);
  }

  private savePlaces(ids: string[]): void {
    const things = ids.map((id) => this.canvas.thing(id)).filter((thing) => thing !== undefined);
    if (!things.length) return;
    const places = Object.fromEntries(things.map((thing) => [thing.id, this.canvas.stored(thing.id)]));
    const name = things.map((thing) => thing.name).join(", ");
    this.send(this.server.addresses.places, { places: JSON.stringify(places) }, () =>
      this.say(filled(this.words["moved"], { name })),
    );
  }

  private async remove(thing: Thing): Promise<void> {
    this.canvas.choose(thing.id);
    try {
      await this.panel.open(thing.url, false);
    } catch (problem) {
      this.fail(problem);
      return;
    }
    if (!this.panel.askToRemove()) this.say(filled(this.words["cannotRemove"], { name: thing.name }));
  }

  private send(address: string, values: Record<string, string>, then?: () => void): void {
    this.server.send(address, values).then(
      (answer) => {
        this.take(answer);
        then?.();
      },
      (problem: unknown) => {
        // What was moved goes back to where it is kept.
        this.redraw(this.canvas.drawing);
        this.fail(problem);
      },
    );
  }

  private take(answer: Answer): void {
    if (answer.kind === "page") {
      this.panel.show(answer.page, true);
      return;
    }
    const { map, chosen, said } = answer.changed satisfies Changed;
    this.server.keepInSight(chosen);
    this.redraw(map);
    if (said) this.toast(said, "positive");
    const thing = this.canvas.thing(chosen);
    const hadPanel = this.panel.isOpen;
    if (thing) this.enter(thing.id);
    if (!hadPanel) {
      this.canvas.boxOf(this.current)?.focus({ preventScroll: true });
      return;
    }
    if (thing && !this.isAsking) this.open(thing, true);
    else if (!chosen.startsWith("link-")) this.panel.close();
    if (thing) this.view.reveal(thing.id);
  }

  private redraw(map: Drawing): void {
    const isFocused = this.canvas.svg.contains(document.activeElement);
    // What was nudged and not yet told to the server stays where it was put.
    const nudged = [...this.nudged].map((id) => ({ id, place: this.canvas.place(id) }));
    this.canvas.draw(map);
    for (const { id, place } of nudged) if (this.canvas.thing(id)) this.canvas.move(id, place);
    const known = this.canvas.thing(this.current) ?? map.things[0];
    if (known) this.enter(known.id);
    if (isFocused) this.canvas.boxOf(this.current)?.focus({ preventScroll: true });
    for (const id of [...this.cut]) if (!this.canvas.thing(id)) this.cut.delete(id);
    if (this.isAsking) this.ask();
  }

  // What if

  private askWhatIf(asking: boolean): void {
    this.isAsking = asking;
    this.cut.clear();
    this.frame.querySelector("[data-map-tool=whatIf]")?.setAttribute("aria-pressed", String(asking));
    this.hint(asking ? filled(this.words["whatIfOn"]) : "");
    if (asking) this.ask();
    else {
      this.canvas.showLosses(null, this.cut);
      if (this.panel.isOpen) this.panel.close();
      this.say(filled(this.words["whatIfOff"]));
    }
  }

  private toggleCut(thing: Thing): void {
    if (!this.isAsking) return;
    if (!thing.canCut) {
      this.say(filled(this.words["cannotCut"]));
      return;
    }
    if (!this.cut.delete(thing.id)) this.cut.add(thing.id);
    this.ask();
  }

  private ask(): void {
    const url = new URL(this.server.scoped(this.server.addresses.whatIf));
    for (const id of this.cut) url.searchParams.append("cut", id);
    const asked = [...this.cut].join();
    this.server.json<WhatIf>(url.href).then(
      (answer) => {
        if (!this.isAsking || asked !== [...this.cut].join()) return;
        this.canvas.showLosses(answer, this.cut);
        this.say(answer.words);
        if (this.cut.size) this.panel.open(url.href, false).catch((problem: unknown) => this.fail(problem));
        else if (this.panel.isOpen) this.panel.close();
      },
      (problem: unknown) => this.fail(problem),
    );
  }

  // Saying

  private export(asPicture: boolean): void {
    const name = this.frame.dataset["name"] ?? "map";
    if (asPicture) exportPng(this.canvas, name).catch((problem: unknown) => this.fail(problem));
    else exportSvg(this.canvas, name);
  }

  private hint(sentence: string): void {
    const hint = this.frame.querySelector<HTMLElement>("[data-map-hint]");
    if (!hint) return;
    hint.textContent = sentence;
    hint.hidden = !sentence;
    if (sentence) this.say(sentence);
  }

  private say(sentence: string): void {
    const voice = this.frame.querySelector<HTMLElement>("[data-map-voice]");
    if (voice) voice.textContent = sentence;
  }

  private toast(text: string, tone: "positive" | "critical"): void {
    document.dispatchEvent(new CustomEvent("openvmo:toast", { detail: { text, tone } }));
  }

  private fail(problem: unknown): void {
    this.toast(problem instanceof Refusal ? problem.message : filled(this.words["failed"]), "critical");
  }
}

// The sheet beside the map: shows what the server's page of a thing shows, and sends its forms without leaving the map.

import type { Answer, Server } from "./server";

export interface PanelEvents {
  answered: (answer: Answer) => void;
  failed: (problem: unknown) => void;
  go: (id: string) => boolean;
  closed: () => void;
}

export class Panel {
  private readonly title: HTMLElement;
  private readonly body: HTMLElement;
  private latest = 0;

  constructor(
    private readonly sheet: HTMLElement,
    private readonly server: Server,
    private readonly events: PanelEvents,
  ) {
    this.title = sheet.querySelector<HTMLElement>("[data-map-panel-title]") ?? sheet;
    this.body = sheet.querySelector<HTMLElement>("[data-map-panel-body]") ?? sheet;
    sheet.addEventListener("submit", (event) => this.onSubmit(event));
    sheet.addEventListener("click", (event) => this.onClick(event));
    sheet.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || (event.target as Element).closest("dialog")) return;
      event.stopPropagation();
      this.close();
    });
  }

  get isOpen(): boolean {
    return !this.sheet.hidden;
  }

  async open(address: string, enter: boolean): Promise<void> {
    const turn = ++this.latest;
    const page = await this.server.page(address);
    // A later choice may have been quicker.
    if (turn === this.latest) this.show(page, enter);
  }

  show(page: Document, enter: boolean): void {
    const content = page.querySelector("[data-panel-content]");
    if (!content) return;
    this.title.textContent = page.querySelector("h1")?.textContent ?? "";
    this.body.replaceChildren(document.importNode(content, true));
    this.sheet.hidden = false;
    this.body.scrollTop = 0;
    const wrong = this.body.querySelector<HTMLElement>(".field-wrong :is(input, select, textarea)");
    if (wrong) wrong.focus();
    else if (enter) (this.body.querySelector<HTMLElement>("[data-map-first]") ?? this.title).focus();
  }

  close(): void {
    this.latest++;
    this.sheet.hidden = true;
    this.body.replaceChildren();
    this.events.closed();
  }

  askToRemove(): boolean {
    const button = this.body.querySelector<HTMLButtonElement>("[data-map-remove]");
    button?.click();
    return button !== null;
  }

  private onSubmit(event: SubmitEvent): void {
    const form = event.target as HTMLFormElement;
    if (form.method !== "post") return;
    event.preventDefault();
    form.closest("dialog")?.close();
    this.server.send(form.action, new FormData(form)).then(this.events.answered, this.events.failed);
  }

  private onClick(event: MouseEvent): void {
    const target = event.target as Element;
    if (target.closest("[data-map-panel-close]") || target.closest(".save-bar a")) {
      event.preventDefault();
      this.close();
      return;
    }
    const link = target.closest<HTMLAnchorElement>("a[data-map-go], a[data-map-panel-link]");
    if (!link || event.metaKey || event.ctrlKey) return;
    const id = link.dataset["mapGo"];
    // What is not drawn here has a page of its own.
    if (id !== undefined && !this.events.go(id)) return;
    event.preventDefault();
    if (id === undefined) this.open(link.href, true).catch(this.events.failed);
  }
}

// Asks the server and tells it what was done. A refusal is a sentence for the reader; nothing was changed then.

import { filled, type Addresses, type Changed, type Words } from "./types";

export class Refusal extends Error {}

export type Answer = { kind: "changed"; changed: Changed } | { kind: "page"; page: Document };

export class Server {
  private readonly also = new Set<string>();

  constructor(
    readonly addresses: Addresses,
    private readonly words: Words,
    private readonly token: string,
  ) {}

  // A thing to which nothing on the map leads yet stays in sight until it is connected.
  keepInSight(id: string): void {
    if (id.startsWith("node-") || id.startsWith("benefit-")) this.also.add(id);
  }

  async page(address: string): Promise<Document> {
    const answer = await this.ask(address, { headers: { Accept: "text/html" } });
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  }

  async json<Read>(address: string): Promise<Read> {
    const answer = await this.ask(address, { headers: { Accept: "application/json" } });
    return (await answer.json()) as Read;
  }

  async send(address: string, values: Record<string, string> | FormData): Promise<Answer> {
    const body = values instanceof FormData ? values : new FormData();
    if (!(values instanceof FormData)) for (const [name, value] of Object.entries(values)) body.set(name, value);
    body.set("csrfmiddlewaretoken", this.token);
    const answer = await this.ask(this.scoped(address), { method: "POST", body, headers: { Accept: "application/json" } });
    if (answer.headers.get("Content-Type")?.startsWith("text/html"))
      return { kind: "page", page: new DOMParser().parseFromString(await answer.text(), "text/html") };
    return { kind: "changed", changed: (await answer.json()) as Changed };
  }

  // An address with everything that is kept in sight.
  scoped(address: string): string {
    const url = new URL(address, location.href);
    for (const id of this.also) if (!url.searchParams.getAll("also").includes(id)) url.searchParams.append("also", id);
    return url.href;
  }

  private async ask(address: string, options: RequestInit): Promise<Response> {
    const answer = await fetch(address, options).catch(() => null);
    if (!answer) throw new Refusal(filled(this.words["failed"]));
    const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
    if (answer.ok || (answer.status === 422 && !isJson)) return answer;
    const problem = isJson ? ((await answer.json()) as { message?: string }) : {};
    throw new Refusal(problem.message ?? filled(this.words["failed"]));
  }
}

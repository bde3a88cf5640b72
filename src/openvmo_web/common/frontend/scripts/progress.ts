// Follows long work: by server-sent events, or by asking every other second where a stream cannot get through.

interface State {
  status: "queued" | "running" | "succeeded" | "failed" | "cancelled";
  fraction: number | null;
  message: string;
}

const ASK_EVERY = 2000;
const FINISHED = ["succeeded", "failed", "cancelled"];

const show = (panel: HTMLElement, state: State): void => {
  const bar = panel.querySelector("progress");
  if (bar && state.fraction !== null) bar.value = Math.round(100 * state.fraction);
  const words = panel.querySelector("[data-progress-message]");
  // Until the work says something of its own, what the page says stands: for example that it is stopping.
  if (words && state.message && words.textContent !== state.message) words.textContent = state.message;
  if (!FINISHED.includes(state.status)) return;
  // The server renders the outcome: the finished page, or this page with its reason.
  const next = panel.dataset["doneUrl"];
  if (state.status === "succeeded" && next) location.assign(next);
  else location.reload();
};

const ask = async (panel: HTMLElement, url: string): Promise<void> => {
  while (panel.isConnected) {
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY));
    const answer = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok) continue;
    const state = (await answer.json()) as State;
    show(panel, state);
    if (FINISHED.includes(state.status)) return;
  }
};

const follow = (panel: HTMLElement): void => {
  const url = panel.dataset["eventsUrl"];
  if (!url || panel.dataset["followed"]) return;
  panel.dataset["followed"] = "true";
  let heard = false;
  const stream = new EventSource(url);
  const onState = (event: MessageEvent<string>): void => {
    heard = true;
    const state = JSON.parse(event.data) as State;
    if (FINISHED.includes(state.status) || !panel.isConnected) stream.close();
    show(panel, state);
  };
  stream.addEventListener("message", onState);
  stream.addEventListener("progress", onState);
  stream.addEventListener("error", () => {
    // After a first event the browser reconnects by itself; without one the stream is blocked on the way.
    if (heard && stream.readyState !== EventSource.CLOSED) return;
    stream.close();
    void ask(panel, url);
  });
  addEventListener("pagehide", () => stream.close());
};

export const startProgress = (): void => {
  const followAll = (): void => document.querySelectorAll<HTMLElement>("[data-progress]").forEach(follow);
  followAll();
  document.addEventListener("htmx:after:swap", followAll);
};

// Short confirmations. Any script may ask for one: document.dispatchEvent(new CustomEvent("openvmo:toast", {detail: {text}})).

export interface Toast {
  text: string;
  tone?: "positive" | "critical" | "info";
}

const LIFETIME = 6000;

const show = ({ text, tone = "info" }: Toast): void => {
  const shelf = document.querySelector<HTMLElement>("[data-toasts]");
  if (!shelf) return;
  const toast = document.createElement("div");
  toast.className = `toast-note tone-${tone}`;
  const words = document.createElement("p");
  words.textContent = text;
  const dismiss = document.createElement("button");
  dismiss.type = "button";
  dismiss.className = "button-icon";
  dismiss.setAttribute("aria-label", shelf.dataset["dismiss"] ?? "");
  dismiss.textContent = "×";
  dismiss.addEventListener("click", () => toast.remove());
  toast.append(words, dismiss);
  shelf.append(toast);
  // A reader who points at a toast or reaches it by keyboard needs it longer.
  const fade = (): void => {
    if (toast.matches(":hover, :focus-within")) setTimeout(fade, LIFETIME);
    else toast.remove();
  };
  setTimeout(fade, LIFETIME);
};

export const startToasts = (): void => {
  document.addEventListener("openvmo:toast", (event) => show((event as CustomEvent<Toast>).detail));
};

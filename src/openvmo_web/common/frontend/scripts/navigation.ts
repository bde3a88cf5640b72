// The navigation slides in on a phone; while it is open the page behind it cannot be reached.

export const startNavigation = (): void => {
  const toggle = document.querySelector<HTMLElement>("[data-navigation-toggle]");
  const navigation = document.getElementById("navigation");
  const page = document.querySelector<HTMLElement>(".shell-page");
  if (!toggle || !navigation || !page) return;

  const show = (open: boolean): void => {
    document.body.classList.toggle("navigation-open", open);
    toggle.setAttribute("aria-expanded", String(open));
    page.inert = open;
    if (open) navigation.querySelector<HTMLElement>("[data-navigation-close]")?.focus();
    else toggle.focus();
  };
  const isOpen = (): boolean => document.body.classList.contains("navigation-open");

  toggle.addEventListener("click", () => show(true));
  for (const closer of document.querySelectorAll("[data-navigation-close], [data-navigation-shade]"))
    closer.addEventListener("click", () => show(false));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isOpen()) show(false);
  });
  matchMedia("(min-width: 62rem)").addEventListener("change", () => {
    if (isOpen()) show(false);
  });
};

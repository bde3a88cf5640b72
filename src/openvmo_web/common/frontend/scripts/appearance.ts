// Light, dark, or as the system says.

type Wish = "system" | "light" | "dark";

const KEY = "openvmo-theme";
const systemIsDark = matchMedia("(prefers-color-scheme: dark)");

const storedWish = (): Wish => {
  try {
    const stored = localStorage.getItem(KEY);
    return stored === "light" || stored === "dark" ? stored : "system";
  } catch {
    return "system";
  }
};

const storeWish = (wish: Wish): void => {
  try {
    if (wish === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, wish);
  } catch {
    // A browser that forbids storage forgets the choice with the page.
  }
};

const apply = (wish: Wish): void => {
  document.documentElement.dataset["bsTheme"] = wish === "system" ? (systemIsDark.matches ? "dark" : "light") : wish;
  for (const button of document.querySelectorAll<HTMLElement>("[data-theme-choice]"))
    button.setAttribute("aria-pressed", String(button.dataset["themeChoice"] === wish));
};

export const startAppearance = (): void => {
  apply(storedWish());
  systemIsDark.addEventListener("change", () => apply(storedWish()));
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-theme-choice]");
    if (!button) return;
    const wish = button.dataset["themeChoice"] as Wish;
    storeWish(wish);
    apply(wish);
  });
};

// Runs before the first paint, so that a dark page never flashes white. The choice stays in this browser.

const wish = ((): string | null => {
  try {
    return localStorage.getItem("openvmo-theme");
  } catch {
    return null;
  }
})();
const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
document.documentElement.dataset["bsTheme"] = wish === "light" || wish === "dark" ? wish : system;

// Cells that are changed in place: the keyboard goes into the form, Escape leaves it, and then goes on from the cell.

const FRESH = ".cell-place :is([data-cell] :is(input:not([type=hidden]), select, textarea), [autofocus]):not([data-met])";

// Whatever has just come takes the focus, once.
const focusFresh = (): void => {
  const field = document.querySelector<HTMLElement>(FRESH);
  if (!field) return;
  field.dataset["met"] = "true";
  field.focus();
  if (field instanceof HTMLInputElement && field.type === "text") field.select();
};

export const startCells = (): void => {
  document.addEventListener("htmx:after:swap", focusFresh);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    (event.target as Element).closest("[data-cell]")?.querySelector<HTMLElement>("[data-cell-cancel]")?.click();
  });
};

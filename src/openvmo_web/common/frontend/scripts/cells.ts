// Cells that are changed in place: the keyboard goes into the form, Escape leaves it, and then goes on from the cell.

const focusWithin = (place: Element): void => {
  const field = place.querySelector<HTMLElement>("[data-cell] :is(input:not([type=hidden]), select, textarea)");
  const target = field ?? place.querySelector<HTMLElement>("[autofocus]");
  target?.focus();
  if (target instanceof HTMLInputElement && target.type === "text") target.select();
};

export const startCells = (): void => {
  document.addEventListener("htmx:after:swap", (event) => {
    const place = (event.target as Element).closest?.(".cell-place");
    if (place) focusWithin(place);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    (event.target as Element).closest("[data-cell]")?.querySelector<HTMLElement>("[data-cell-cancel]")?.click();
  });
};

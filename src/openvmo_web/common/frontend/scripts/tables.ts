// Rows with an address can be clicked anywhere; tables too wide for their frame scroll in it.

const fit = (frame: HTMLElement): void => {
  // Measured without the scroll bar that an earlier look may have given it.
  frame.classList.remove("table-scroll-wide");
  frame.classList.toggle("table-scroll-wide", frame.scrollWidth > frame.clientWidth + 1);
};

const resizing = new ResizeObserver((entries) => {
  for (const { target } of entries) fit(target as HTMLElement);
});

const fitAll = (): void => {
  for (const frame of document.querySelectorAll<HTMLElement>(".table-scroll:has(> .table-list)")) {
    fit(frame);
    resizing.observe(frame);
  }
};

// The link in a row's first cell serves the keyboard.
export const startTables = (): void => {
  fitAll();
  document.addEventListener("htmx:after:swap", fitAll);
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    const row = target.closest<HTMLElement>("tr[data-href]");
    if (!row || target.closest("a, button, input, label, select, summary") || getSelection()?.toString()) return;
    const address = row.dataset["href"] ?? "";
    if (event.metaKey || event.ctrlKey) open(address, "_blank", "noopener");
    else location.assign(address);
  });
};

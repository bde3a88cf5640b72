// A row with an address can be clicked anywhere; the link in its first cell serves the keyboard.

export const startTables = (): void => {
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    const row = target.closest<HTMLElement>("tr[data-href]");
    if (!row || target.closest("a, button, input, label, select, summary") || getSelection()?.toString()) return;
    const address = row.dataset["href"] ?? "";
    if (event.metaKey || event.ctrlKey) open(address, "_blank", "noopener");
    else location.assign(address);
  });
};

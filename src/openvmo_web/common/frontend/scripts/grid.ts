// Grids of numbers: the keyboard moves between cells as in a spreadsheet, and a copied block is pasted into them.

const SELECTOR = "input[type=text]";

// A cell that is closed has no input, yet keeps its place.
type Cells = (HTMLInputElement | null)[][];

const cellsOf = (grid: HTMLElement): Cells =>
  [...grid.querySelectorAll("tbody tr")].map((row) =>
    [...row.querySelectorAll("td.grid-cell")].map((cell) => cell.querySelector<HTMLInputElement>(SELECTOR)),
  );

const placeOf = (cells: Cells, input: HTMLInputElement): [number, number] => {
  const row = cells.findIndex((line) => line.includes(input));
  return [row, cells[row]?.indexOf(input) ?? -1];
};

// Left and right leave a cell only from its ends, so that one can still move within a number.
const step = (event: KeyboardEvent, input: HTMLInputElement): [number, number] | null => {
  const isWhole = input.selectionStart === 0 && input.selectionEnd === input.value.length;
  const back = document.dir === "rtl" ? "ArrowRight" : "ArrowLeft";
  const forth = document.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
  if (event.key === "ArrowUp") return [-1, 0];
  if (event.key === "ArrowDown" || event.key === "Enter") return [1, 0];
  if (event.key === back && (isWhole || input.selectionEnd === 0)) return [0, -1];
  if (event.key === forth && (isWhole || input.selectionStart === input.value.length)) return [0, 1];
  return null;
};

const move = (event: KeyboardEvent): void => {
  const input = event.target as HTMLInputElement;
  const grid = input.closest?.<HTMLElement>("[data-grid]");
  if (!grid || !input.matches(SELECTOR) || event.altKey || event.ctrlKey || event.metaKey) return;
  const by = step(event, input);
  if (!by) return;
  const cells = cellsOf(grid);
  const [row, column] = placeOf(cells, input);
  const next = cells[row + by[0]]?.[column + by[1]];
  // Enter never sends a grid that is half typed; at the last row it stays where it is.
  if (next || event.key === "Enter") event.preventDefault();
  next?.focus();
  next?.select();
};

const paste = (event: ClipboardEvent): void => {
  const input = event.target as HTMLInputElement;
  const grid = input.closest?.<HTMLElement>("[data-grid]");
  const text = event.clipboardData?.getData("text/plain").replace(/\r?\n$/, "") ?? "";
  if (!grid || !/[\t\n]/.test(text)) return;
  event.preventDefault();
  const cells = cellsOf(grid);
  const [row, column] = placeOf(cells, input);
  text.split(/\r?\n/).forEach((line, down) => {
    line.split("\t").forEach((value, along) => {
      const cell = cells[row + down]?.[column + along];
      if (cell) cell.value = value.trim();
    });
  });
  input.dispatchEvent(new Event("input", { bubbles: true }));
};

const startChooseAll = (): void => {
  const show = (): void => {
    for (const all of document.querySelectorAll<HTMLElement>("[data-choose-all]")) all.hidden = false;
  };
  show();
  document.addEventListener("htmx:after:swap", show);
  document.addEventListener("change", (event) => {
    const all = (event.target as Element).closest("[data-choose-all]")?.querySelector("input");
    const boxes = all?.closest("[data-choice]")?.querySelectorAll<HTMLInputElement>("td input[type=checkbox]");
    for (const box of boxes ?? []) box.checked = all?.checked ?? false;
  });
};

export const startGrids = (): void => {
  document.addEventListener("keydown", move);
  document.addEventListener("paste", paste);
  startChooseAll();
};

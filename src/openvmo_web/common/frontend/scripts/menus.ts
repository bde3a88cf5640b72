// Menus, hints and dialogs: native elements, with the closing habits that people expect added.

const openMenus = (): NodeListOf<HTMLDetailsElement> => document.querySelectorAll("details[data-menu][open]");

const closeHints = (except?: Element): void => {
  for (const term of document.querySelectorAll("[data-hint][aria-expanded=true]"))
    if (term !== except) term.setAttribute("aria-expanded", "false");
};

const onClick = (event: MouseEvent): void => {
  const target = event.target as Element;
  // A link that was taken closes its menu too: a download leaves the page where it is.
  for (const menu of openMenus()) if (!menu.contains(target) || target.closest(".menu-body a")) menu.open = false;

  const term = target.closest("[data-hint]");
  closeHints(term ?? undefined);
  if (term) term.setAttribute("aria-expanded", String(term.getAttribute("aria-expanded") !== "true"));

  const opener = target.closest<HTMLElement>("[data-dialog]");
  const dialog = opener && document.getElementById(opener.dataset["dialog"] ?? "");
  if (dialog instanceof HTMLDialogElement) dialog.showModal();

  if (target.closest("[data-dialog-close]")) target.closest("dialog")?.close();
  if (target instanceof HTMLDialogElement) target.close(); // a click on the backdrop
};

const onKey = (event: KeyboardEvent): void => {
  if (event.key !== "Escape") return;
  closeHints();
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  }
};

export const startMenus = (): void => {
  document.addEventListener("click", onClick);
  document.addEventListener("keydown", onKey);
};

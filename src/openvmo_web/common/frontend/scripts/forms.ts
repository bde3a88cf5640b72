// Forms: a second press does not send twice, and typed work is not lost by accident.

const startSubmitGuard = (): void => {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (form.method !== "post" || event.defaultPrevented) return;
    form.dataset["sent"] = "true";
    // After this event, so that the pressed button's own value is still sent.
    setTimeout(() => {
      for (const button of form.querySelectorAll<HTMLButtonElement>("button[type=submit]")) button.disabled = true;
    });
  });
  // Coming back by the browser's back button shows the page as it was left: make it usable again.
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sent]")) {
      delete form.dataset["sent"];
      for (const button of form.querySelectorAll<HTMLButtonElement>("button[type=submit]")) button.disabled = false;
    }
  });
};

const startLeaveGuard = (): void => {
  document.addEventListener("input", (event) => {
    const form = (event.target as Element).closest<HTMLFormElement>("form[data-guard]");
    if (form) form.dataset["changed"] = "true";
  });
  addEventListener("beforeunload", (event) => {
    if (document.querySelector("form[data-guard][data-changed]:not([data-sent])")) event.preventDefault();
  });
};

const startErrorFocus = (): void => {
  document.querySelector<HTMLElement>(".field-wrong :is(input, select, textarea)")?.focus();
};

export const startForms = (): void => {
  startSubmitGuard();
  startLeaveGuard();
  startErrorFocus();
};

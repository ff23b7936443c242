// Dialogs open and close by command / commandfor. Browsers older than 2025 do not know these attributes: this does it for them.
(() => {
  "use strict";
  const native = "command" in HTMLButtonElement.prototype;

  const obey = (dialog, command) => {
    if (command === "show-modal" && !dialog.open) dialog.showModal();
    if ((command === "close" || command === "request-close") && dialog.open) dialog.close();
  };

  if (!native) {
    document.addEventListener("click", (event) => {
      const button = event.target.closest("button[commandfor]");
      const dialog = button && !button.disabled && document.getElementById(button.getAttribute("commandfor"));
      if (!(dialog instanceof HTMLDialogElement)) return;
      event.preventDefault();
      obey(dialog, button.getAttribute("command"));
    });
  }

  // A form inside a dialog that was accepted has done its work. A refused one stays open and shows what to mend.
  document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
    const dialog = ctx.sourceElement.closest("dialog[open]");
    if (dialog && ctx.request.method !== "GET" && ctx.response.status < 400) dialog.close();
  });
})();

// A button that may be pressed again only after data-wait seconds counts them down; without scripts the server says so.
(() => {
  "use strict";
  const count = (button) => {
    const words = button.textContent;
    const until = Date.now() + Number(button.dataset.wait) * 1000;
    button.removeAttribute("data-wait");
    const show = () => {
      const left = Math.ceil((until - Date.now()) / 1000);
      button.disabled = left > 0;
      button.textContent = left > 0 ? button.dataset.waiting.replace("{n}", left) : words;
      if (left > 0) setTimeout(show, 250);
    };
    show();
  };
  for (const button of document.querySelectorAll("button[data-wait]")) count(button);
})();

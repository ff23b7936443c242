// What was revealed hides itself after data-expires seconds: it becomes data-masked again, or goes when there is no mask.
// Leaving the page hides it at once, so that the browser's Back button does not bring it back.
(() => {
  "use strict";
  const timers = new Map();

  const hide = (element) => {
    clearTimeout(timers.get(element));
    timers.delete(element);
    if (element.dataset.masked === undefined) return element.remove();
    element.textContent = element.dataset.masked;
    element.removeAttribute("data-expires");
  };

  const watch = () => {
    for (const element of timers.keys()) if (!element.isConnected) timers.delete(element);
    for (const element of document.querySelectorAll("[data-expires]")) {
      if (!timers.has(element)) timers.set(element, setTimeout(hide, Number(element.dataset.expires) * 1000, element));
    }
  };

  document.addEventListener("htmx:after:swap", watch);
  window.addEventListener("pagehide", () => [...timers.keys()].forEach(hide));
  watch();
})();

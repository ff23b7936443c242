// Whatever changes something carries the page's token: htmx requests by this listener, our own by anju.token().
(() => {
  "use strict";
  const token = () => document.querySelector('meta[name="csrf-token"]').content;
  window.anju = { token };
  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    if (ctx.request.method !== "GET") ctx.request.headers["X-CSRFToken"] = token();
  });
})();

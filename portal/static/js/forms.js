// Forms: one press is one request, a refused form leads to what must be mended, and focus is never lost in a swap.
(() => {
  "use strict";
  const NATIVE_BUSY_MS = 10000;
  const busy = new WeakMap();

  const begin = (form, button) => {
    busy.set(form, button || null);
    if (button) button.setAttribute("aria-busy", "true");
  };
  const end = (form) => {
    const button = busy.get(form);
    if (button) button.removeAttribute("aria-busy");
    busy.delete(form);
  };

  // Before anybody else hears of a second press.
  document.addEventListener("submit", (event) => {
    if (!busy.has(event.target)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);

  // A plain form leaves the page; when it does not (a download), it may be pressed again after a while.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const method = (event.submitter && event.submitter.getAttribute("formmethod")) || form.getAttribute("method");
    if (event.defaultPrevented || method === "dialog") return;
    begin(form, event.submitter);
    setTimeout(end, NATIVE_BUSY_MS, form);
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) for (const form of document.forms) end(form);
  });

  document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
    if (ctx.request.method === "GET") return;
    const form = ctx.request.form || ctx.sourceElement;
    begin(form, ctx.request.submitter || ctx.sourceElement.closest("button"));
    ctx.busy = form;
    ctx.focused = document.activeElement !== document.body;
  });
  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    if (ctx.busy) end(ctx.busy);
  });

  const mend = () => {
    const summary = document.querySelector("dialog[open] .errors, main .errors");
    if (summary) summary.focus();
    return Boolean(summary);
  };

  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    if (ctx.response && ctx.response.status === 422 && mend()) return;
    if (!ctx.focused || document.activeElement !== document.body) return;
    const place = (ctx.target.id && document.getElementById(ctx.target.id)) || document.getElementById("main");
    if (!place) return;
    if (!place.hasAttribute("tabindex")) place.setAttribute("tabindex", "-1");
    place.focus({ preventScroll: true });
  });

  // Nothing is swapped when the server fails or does not answer: say so, once.
  const say = (word) => {
    const toasts = document.getElementById("toasts");
    if (!toasts || !toasts.dataset[word]) return;
    const toast = document.createElement("p");
    toast.className = "toast";
    toast.textContent = toasts.dataset[word];
    toasts.replaceChildren(toast);
    setTimeout(() => toast.remove(), NATIVE_BUSY_MS);
  };
  const watched = (ctx) => ctx && !ctx.sourceElement.hasAttribute("data-topic");
  document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
    if (watched(ctx) && ctx.response.status >= 500) say("failed");
  });
  document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
    if (watched(ctx)) say(navigator.onLine ? "failed" : "offline");
  });

  mend();
})();

// The signing pad: a line follows the pointer, and its path stands in a hidden field. The typed name beside it counts the same.
(() => {
  "use strict";
  const MOST_POINTS = 2000;
  const CLOSEST = 1.5;

  const point = (svg, event) => {
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    const { width, height } = svg.viewBox.baseVal;
    return [Math.max(0, Math.min(width, x)), Math.max(0, Math.min(height, y))].map(Math.round);
  };

  const prepare = (pad) => {
    const svg = pad.querySelector("svg");
    const path = svg.querySelector("path");
    const field = pad.querySelector("input[type=hidden]");
    const clear = document.querySelector(`[data-clears="${CSS.escape(pad.id)}"]`);
    let points = 0;
    let last = null;

    const show = (data) => {
      field.value = data;
      path.setAttribute("d", data);
      pad.setAttribute("aria-label", data ? pad.dataset.signed : pad.dataset.empty);
    };
    const draw = (command, [x, y]) => {
      if (points >= MOST_POINTS) return;
      points += 1;
      last = [x, y];
      show(`${field.value}${command}${x} ${y}`);
    };

    pad.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      pad.setPointerCapture(event.pointerId);
      draw("M", point(svg, event));
    });
    pad.addEventListener("pointermove", (event) => {
      if (!last || !pad.hasPointerCapture(event.pointerId)) return;
      const between = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
      for (const each of between.length ? between : [event]) {
        const next = point(svg, each);
        if (Math.hypot(next[0] - last[0], next[1] - last[1]) >= CLOSEST) draw("L", next);
      }
    });
    for (const kind of ["pointerup", "pointercancel"]) pad.addEventListener(kind, () => { last = null; });

    const wipe = () => { points = 0; show(""); };
    if (clear) clear.addEventListener("click", wipe);
    if (clear) clear.hidden = false;
    pad.hidden = false;
    points = (field.value.match(/[ML]/g) || []).length;
    show(field.value);
  };

  const all = () => document.querySelectorAll("[data-sign]:not([data-ready])").forEach((pad) => {
    pad.setAttribute("data-ready", "");
    prepare(pad);
  });
  document.addEventListener("htmx:after:swap", all);
  all();
})();

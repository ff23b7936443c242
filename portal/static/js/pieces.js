// The pieces of a page that fetch themselves: when the stream has told of something newer, every minute where a countdown
// runs, and on their own while there is no stream; the server answers 304 while nothing has changed.
(() => {
  "use strict";
  const POLL_MS = 15000;
  const EAGER_MS = 5000;
  const EAGER_FOR_MS = 60000;
  const CLOCK_MS = 60000; // countdowns are worded in minutes

  const told = new Map(); // topic -> the newest version that the stream has told
  let posting = 0; // presses on their way: their answers bring what is new
  let polledAt = Date.now();
  let actedAt = -Infinity;

  const pieces = () => document.querySelectorAll("[data-topic]");
  const clocks = () => document.querySelectorAll("[data-topic][data-clock]");
  const refresh = (piece) => piece.dispatchEvent(new CustomEvent("stale"));

  const catchUp = (topic) => {
    if (posting) return;
    for (const piece of pieces()) {
      if (topic && piece.dataset.topic !== topic) continue;
      if (Number(piece.dataset.version) < told.get(piece.dataset.topic)) refresh(piece);
    }
  };

  // streaming: the stream is up; over: nobody is signed in any more. Both are set by live.js.
  const state = window.anju.pieces = {
    streaming: false,
    over: false,
    heard: (topic, version) => { told.set(topic, version); catchUp(topic); },
  };

  setInterval(() => {
    const unheard = Date.now() - actedAt < EAGER_FOR_MS ? EAGER_MS : POLL_MS;
    if (state.over || posting || document.hidden) return;
    if (Date.now() - polledAt < (state.streaming ? CLOCK_MS : unheard) - 100) return;
    polledAt = Date.now();
    (state.streaming ? clocks() : pieces()).forEach(refresh);
  }, 1000);

  const acted = () => { actedAt = Date.now(); };
  document.addEventListener("submit", acted, true);
  document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
    if (ctx.request.method === "GET") return;
    acted();
    posting += 1;
    ctx.posted = true;
  });
  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    if (!ctx.posted) return;
    posting -= 1;
    catchUp();
  });
})();

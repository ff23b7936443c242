// What is on the screen stays true. The stream says only that a topic has reached a version; each piece then fetches itself.
// Without a stream the pieces ask on their own, and the server answers 304 while nothing has changed.
(() => {
  "use strict";
  const SILENT_MS = 35000; // the server beats every 15 s
  const SETTLED_MS = 10000; // a stream that lasted this long was a good one
  const SLOWEST_S = 60;
  const POLL_MS = 15000;
  const EAGER_MS = 5000;
  const EAGER_FOR_MS = 60000;
  const CLOCK_MS = 60000; // countdowns are worded in minutes

  const address = document.body.dataset.live;
  let stream = null;
  let up = false;
  let over = false;
  let tries = 0;
  let openedAt = 0;
  let retry = 0;
  let watchdog = 0;
  let polledAt = Date.now();
  let actedAt = -Infinity;
  let posting = 0; // presses on their way: their answers bring what is new
  const told = new Map(); // topic -> the newest version that the stream has told

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

  const close = () => {
    clearTimeout(retry);
    clearTimeout(watchdog);
    if (stream) stream.close();
    stream = null;
    up = false;
  };

  const signedOut = () => {
    over = true;
    close();
    const notice = document.getElementById("signed-out");
    if (notice) notice.hidden = false;
  };

  const again = () => {
    close();
    if (over || document.hidden) return;
    if (openedAt && Date.now() - openedAt > SETTLED_MS) tries = 0;
    openedAt = 0;
    const seconds = Math.min(SLOWEST_S, 2 ** tries);
    tries += 1;
    retry = setTimeout(open, seconds * 1000 * (0.75 + Math.random() / 2));
  };

  // The stream does not tell why it was refused; one plain request does.
  const ask = async () => {
    const stop = new AbortController();
    try {
      const { status, type } = await fetch(address, { cache: "no-store", redirect: "manual", signal: stop.signal });
      if (status === 401 || status === 403 || type === "opaqueredirect") signedOut();
    } catch { /* no network: the next try will tell */ }
    stop.abort();
  };

  const alive = () => {
    clearTimeout(watchdog);
    watchdog = setTimeout(again, SILENT_MS);
  };

  function open() {
    close();
    if (!address || over || document.hidden || !window.EventSource) return;
    stream = new EventSource(address);
    alive();
    stream.onopen = () => { up = true; openedAt = Date.now(); alive(); };
    stream.addEventListener("beat", alive);
    stream.onmessage = (event) => {
      alive();
      const { topic, version } = JSON.parse(event.data);
      told.set(topic, version);
      catchUp(topic);
    };
    stream.onerror = () => {
      const refused = stream.readyState === EventSource.CLOSED;
      again();
      if (refused) ask();
    };
  }

  setInterval(() => {
    const unheard = Date.now() - actedAt < EAGER_FOR_MS ? EAGER_MS : POLL_MS;
    if (over || posting || document.hidden || Date.now() - polledAt < (up ? CLOCK_MS : unheard) - 100) return;
    polledAt = Date.now();
    (up ? clocks() : pieces()).forEach(refresh);
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

  // A piece that fetches itself shows no error page, and does not carry the reader off to sign in, in mid-sentence.
  document.addEventListener("htmx:before:response", (event) => {
    const { sourceElement, response } = event.detail.ctx;
    if (response.status < 400 || !sourceElement.hasAttribute("data-topic")) return;
    event.preventDefault();
    if (response.status === 401) signedOut();
  });

  document.addEventListener("visibilitychange", () => { tries = 0; if (document.hidden) close(); else open(); });
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", (event) => { if (event.persisted) open(); });
  open();
})();

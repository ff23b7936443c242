// What is on the screen stays true. The stream says only that a topic has reached a version; pieces.js does the rest.
(() => {
  "use strict";
  const SILENT_MS = 35000; // the server beats every 15 s
  const SETTLED_MS = 10000; // a stream that lasted this long was a good one
  const SLOWEST_S = 60;

  const address = document.body.dataset.live;
  const pieces = window.anju.pieces;
  let stream = null;
  let tries = 0;
  let openedAt = 0;
  let retry = 0;
  let watchdog = 0;

  const close = () => {
    clearTimeout(retry);
    clearTimeout(watchdog);
    if (stream) stream.close();
    stream = null;
    pieces.streaming = false;
  };

  const signedOut = () => {
    pieces.over = true;
    close();
    const notice = document.getElementById("signed-out");
    if (notice) notice.hidden = false;
  };

  const again = () => {
    close();
    if (pieces.over || document.hidden) return;
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
    if (!address || pieces.over || document.hidden || !window.EventSource) return;
    stream = new EventSource(address);
    alive();
    stream.onopen = () => { pieces.streaming = true; openedAt = Date.now(); alive(); };
    stream.addEventListener("beat", alive);
    stream.onmessage = (event) => {
      alive();
      const { topic, version } = JSON.parse(event.data);
      pieces.heard(topic, version);
    };
    stream.onerror = () => {
      const refused = stream.readyState === EventSource.CLOSED;
      again();
      if (refused) ask();
    };
  }

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

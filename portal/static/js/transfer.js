// One file on its way to the server. XMLHttpRequest, because fetch does not tell how far an upload has got.
(() => {
  "use strict";

  const answerOf = (request) => {
    try { return JSON.parse(request.responseText); } catch { return {}; } // a proxy's own page says nothing to us
  };

  // Resolves to { status, answer }; status is 0 when the network failed. Nothing comes after abort().
  window.anju.transfer = (url, file, progressed) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("file", file);
    const done = new Promise((resolve) => {
      request.onload = () => resolve({ status: request.status, answer: answerOf(request) });
      request.onerror = () => resolve({ status: 0, answer: {} });
    });
    request.upload.onprogress = ({ loaded, total }) => progressed(Math.floor((loaded / total) * 100));
    request.open("POST", url);
    request.setRequestHeader("X-CSRFToken", window.anju.token());
    request.setRequestHeader("Accept", "application/json");
    request.send(body);
    return { done, abort: () => request.abort() };
  };

  // Resolves to whether the server no longer has it.
  window.anju.discard = (url) => fetch(url, { method: "DELETE", headers: { "X-CSRFToken": window.anju.token() } })
    .then(({ ok, status }) => ok || status === 404, () => false);
})();

// Passkeys: a form with data-passkey asks the device before it is sent; where the browser has none the form stays hidden.
(() => {
  "use strict";
  if (!window.PublicKeyCredential) return;
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const ask = async (form) => {
    const use = form.dataset.passkey;
    const body = new URLSearchParams({ use, csrf_token: window.anju.token() });
    const answer = await fetch(form.dataset.ask, { method: "POST", body, credentials: "same-origin" });
    if (!answer.ok) throw new Error("refused");
    const options = await answer.json();
    options.challenge = bytes(options.challenge);
    if (use === "show") return navigator.credentials.get({ publicKey: { ...options, allowCredentials: named(options.allowCredentials) } });
    const user = { ...options.user, id: bytes(options.user.id) };
    return navigator.credentials.create({ publicKey: { ...options, user, excludeCredentials: named(options.excludeCredentials) } });
  };

  const written = ({ id, rawId, type, response }) => {
    const parts = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (response[name]) parts[name] = text(response[name]);
    }
    return JSON.stringify({ id, rawId: text(rawId), type, response: parts });
  };

  const prepare = (form) => {
    const field = form.elements.namedItem("credential");
    const error = form.querySelector("[role=alert]");
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      if (field.value) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      error.hidden = true;
      try {
        field.value = written(await ask(form));
        form.requestSubmit();
      } catch {
        error.textContent = form.dataset.failed;
        error.hidden = false;
      }
    }, true);
    window.addEventListener("pageshow", () => { field.value = ""; });
  };
  for (const form of document.querySelectorAll("form[data-passkey]")) prepare(form);
})();

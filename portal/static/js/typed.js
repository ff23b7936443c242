// What is being typed outlives the piece that is replaced around it: it goes into the form that comes, or beside it to be copied.
(() => {
  "use strict";
  const WRITTEN = 'textarea, select, input:not([type="hidden"], [type="file"], [type="password"], [type="checkbox"], [type="radio"])';
  const typed = new Map(); // id of a form -> name of a field -> { value, long }
  let at = null; // the field that was being typed in when a swap began

  const note = ({ target }) => {
    if (!target.form || !target.form.id || !target.name || !target.matches(WRITTEN)) return;
    if (!typed.has(target.form.id)) typed.set(target.form.id, new Map());
    typed.get(target.form.id).set(target.name, { value: target.value, long: target.matches("textarea") });
  };
  document.addEventListener("input", note);
  document.addEventListener("change", note);

  // Sent and taken: nothing of it is owed any more.
  document.addEventListener("htmx:before:response", ({ detail: { ctx } }) => {
    const form = ctx.request.form || ctx.sourceElement;
    if (ctx.request.method === "GET" || ctx.response.status >= 400 || !typed.delete(form.id)) return;
    const newer = document.getElementById(form.id); // it came while this one was on its way, with the words in it
    if (newer && newer !== form) newer.reset();
  });

  const setAside = (words, led) => {
    const place = document.getElementById("unsent");
    if (!place || !words.trim()) return;
    const area = document.createElement("textarea");
    area.className = "input";
    area.readOnly = true;
    area.rows = 3;
    area.value = words;
    const label = document.createElement("label");
    label.className = "field";
    label.append(place.dataset.words, area);
    place.append(label);
    place.hidden = false;
    if (led) area.focus();
  };

  document.addEventListener("htmx:before:swap", () => {
    const field = document.activeElement;
    at = field && field.form && typed.has(field.form.id) ? { name: field.name, end: field.selectionEnd } : null;
  });

  document.addEventListener("htmx:after:swap", () => {
    for (const [id, fields] of typed) {
      const form = document.getElementById(id);
      for (const [name, { value, long }] of fields) {
        const field = form && form.elements.namedItem(name);
        if (field && field.matches && field.matches(WRITTEN)) field.value = value;
        else if (long && !form) setAside(value, at && at.name === name);
        if (!at || at.name !== name || !field || document.activeElement !== document.body) continue;
        field.focus({ preventScroll: true });
        if (long) field.setSelectionRange(at.end, at.end);
      }
      if (!form) typed.delete(id);
    }
  });
})();

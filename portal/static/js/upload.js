// Photos go up one by one while the form is filled in: each with its own progress, its own error and its own second try.
// Without scripts the file field is an ordinary one and the photos go with the form.
(() => {
  "use strict";
  const AT_ONCE = 2;

  const prepare = (box) => {
    const { uploadUrl, limit, maxBytes, name } = box.dataset;
    const input = box.querySelector("input[type=file]");
    const queue = box.querySelector(".queue");
    const blank = box.querySelector("template");
    const note = box.querySelector("[data-note]");
    const waiting = [];
    const running = new Map();

    const say = (text) => { note.textContent = text || ""; note.hidden = !text; };
    const full = () => queue.children.length >= Number(limit);
    const settle = () => { input.disabled = full(); };
    const fill = (row, part, text) => { row.querySelector(`[data-part=${part}]`).textContent = text; };

    const finish = (row, state, text) => {
      row.dataset.state = state;
      row.dataset.tone = state === "failed" ? "late" : "go";
      fill(row, "state", text);
      row.querySelector("[data-retry]").hidden = state !== "failed";
    };

    const judge = (row, { status, answer }) => {
      if (status === 401) return finish(row, "failed", box.dataset.signedOut);
      if (status < 200 || status > 299 || !answer.id) return finish(row, "failed", answer.message || box.dataset.failed);
      row.dataset.id = answer.id;
      row.querySelector("progress").value = 100;
      row.append(Object.assign(document.createElement("input"), { type: "hidden", name, value: answer.id }));
      return finish(row, "done", box.dataset.done);
    };

    const next = () => {
      while (running.size < AT_ONCE && waiting.length) {
        const [row, file] = waiting.shift();
        const transfer = window.anju.transfer(uploadUrl, file, (percent) => {
          row.querySelector("progress").value = percent;
          fill(row, "state", `${percent}%`);
        });
        running.set(row, transfer);
        transfer.done.then((outcome) => { running.delete(row); judge(row, outcome); next(); });
      }
    };

    const start = (row, file) => {
      row.dataset.state = "busy";
      delete row.dataset.tone;
      row.querySelector("[data-retry]").hidden = true;
      row.querySelector("progress").value = 0;
      fill(row, "state", box.dataset.waiting);
      waiting.push([row, file]);
      next();
    };

    const add = (file) => {
      const row = blank.content.firstElementChild.cloneNode(true);
      const picture = row.querySelector("img");
      fill(row, "name", file.name);
      fill(row, "size", `${Math.max(0.1, file.size / 1048576).toFixed(1)} MB`);
      row.querySelector("progress").setAttribute("aria-label", file.name);
      picture.onload = () => URL.revokeObjectURL(picture.src);
      picture.onerror = () => { URL.revokeObjectURL(picture.src); picture.remove(); };
      picture.src = URL.createObjectURL(file);
      row.querySelector("[data-retry]").onclick = () => start(row, file);
      queue.append(row);
      if (maxBytes && file.size > Number(maxBytes)) finish(row, "failed", box.dataset.tooBig);
      else start(row, file);
    };

    // What the server already has, it must forget first; only then does the row go.
    const remove = async (row) => {
      const at = waiting.findIndex(([waits]) => waits === row);
      if (at >= 0) waiting.splice(at, 1);
      if (running.has(row)) running.get(row).abort();
      running.delete(row);
      if (row.dataset.id && !await window.anju.discard(`${uploadUrl}/${row.dataset.id}`)) return fill(row, "state", box.dataset.failed);
      row.remove();
      settle();
      say("");
      next();
      return input.focus();
    };

    input.removeAttribute("name");
    input.addEventListener("change", () => {
      const files = [...input.files];
      input.value = "";
      const room = Number(limit) - queue.children.length;
      say(files.length > room ? box.dataset.full : "");
      files.slice(0, room).forEach(add);
      settle();
    });
    queue.addEventListener("click", (event) => {
      const button = event.target.closest("[data-remove]");
      if (button) remove(button.closest("li"));
    });
    queue.querySelectorAll("[data-remove]").forEach((button) => { button.hidden = false; });
    box.closest("form").addEventListener("submit", (event) => {
      if (!queue.querySelector("[data-state=busy]")) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      say(box.dataset.busy);
    }, true);
    settle();
  };

  const all = () => document.querySelectorAll("[data-upload-url]:not([data-ready])").forEach((box) => {
    box.setAttribute("data-ready", "");
    prepare(box);
  });
  document.addEventListener("htmx:after:swap", all);
  all();
})();

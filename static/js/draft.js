/* Forms marked data-keep survive an expired login, a closed tab's reload and a lost connection.
   The text stays in this browser's session storage, under the reader's own key, never on the server. */
"use strict";

(() => {
  const reader = () => document.body.dataset.reader;
  const key = (form) => `draft:${reader()}:${new URL(form.action).pathname}`;
  /* Hidden fields are kept too: with an old text belongs the version it was written on. */
  const skip = "button, [name=csrf_token], [name=form_key], [type=password], [type=file], [data-drawn]";
  const fields = (form) => [...form.elements].filter((f) => f.name && !f.matches(skip));

  /* A text field has a `checked` of its own, always false. */
  const ticked = (f) => (f.matches("[type=checkbox], [type=radio]") ? f.checked : null);

  function read(form) {
    return fields(form).map((f) => [f.name, f.value, ticked(f)]);
  }

  function keep(form, sending = false) {
    sessionStorage.setItem(key(form), JSON.stringify({ sending, values: read(form) }));
  }

  function fill(form, values) {
    fields(form).forEach((f, place) => {
      const [name, value, checked] = values[place] ?? [];
      if (name !== f.name) return;
      if (checked === null) f.value = value;
      else if (f.value === value) f.checked = checked;
    });
  }

  function restore(form) {
    const draft = JSON.parse(sessionStorage.getItem(key(form)) ?? "null");
    if (!draft) return emptied(form);
    /* A form that came back with errors already holds what was sent. */
    if (form.querySelector("[data-summary]")) keep(form);
    else if (draft.sending && !cameFromDoor() && !cameBack()) sessionStorage.removeItem(key(form));
    else {
      fill(form, draft.values);
      form.classList.add("restored");
    }
  }

  /* Back at a form that was sent, the browser fills the old text into the new form: it would be sent twice, or on
     top of what is saved by now. */
  function emptied(form) {
    if (arrival() === "back_forward") window.addEventListener("pageshow", () => form.reset(), { once: true });
  }

  const arrival = () => performance.getEntriesByType("navigation")[0]?.type;
  const cameBack = () => arrival() !== "navigate";
  const cameFromDoor = () => sessionStorage.getItem("door") !== null;

  function settle() {
    /* A login or a refusal in between: nothing was saved. */
    if ("door" in document.body.dataset || document.querySelector("[data-error]")) {
      sessionStorage.setItem("door", "");
      return;
    }
    const forms = [...document.querySelectorAll("form[data-keep]")];
    forms.forEach(restore);
    if (!cameFromDoor()) forget(new Set(forms.map(key)));
    if (forms.length) sessionStorage.removeItem("door");
  }

  /* What was sent, and whose form did not come back, has been saved. */
  function forget(open) {
    for (const name of Object.keys(sessionStorage)) {
      if (!name.startsWith("draft:") || open.has(name)) continue;
      if (JSON.parse(sessionStorage.getItem(name)).sending) sessionStorage.removeItem(name);
    }
  }

  /* Whoever logs out leaves nothing to the next one at this computer. */
  function forgetAll() {
    drop();
    sessionStorage.clear();
  }

  let waiting;
  let unwritten = null;

  /* Whoever reloads or turns away at once loses nothing either. */
  function write() {
    if (unwritten) keep(unwritten);
    drop();
  }

  function drop() {
    clearTimeout(waiting);
    unwritten = null;
  }

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form?.matches("[data-keep]")) return;
    clearTimeout(waiting);
    unwritten = form;
    waiting = setTimeout(write, 300);
  });

  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-forget]")) forgetAll();
    if (!event.target.matches("[data-keep]") || event.defaultPrevented) return;
    write();
    keep(event.target, true);
  });

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-drop-draft]")) return;
    const form = event.target.closest("form");
    drop();
    sessionStorage.removeItem(key(form));
    form.reset();
    form.classList.remove("restored");
  });

  window.addEventListener("pagehide", write);
  document.addEventListener("visibilitychange", write);
  document.addEventListener("DOMContentLoaded", settle);
})();

/* Lists: ticking rows brings up the bar, arrow keys walk the rows, Enter opens one, x ticks it. */
"use strict";

(() => {
  const ticks = (form) => [...form.querySelectorAll("tbody [name=id]")];

  function count(form) {
    const all = ticks(form);
    const chosen = all.filter((tick) => tick.checked);
    for (const tick of all) tick.closest("tr").setAttribute("aria-selected", String(tick.checked));
    const words = form.querySelector("[data-chosen]");
    if (words) words.textContent = words.dataset.words.replace("{n}", chosen.length);
    form.querySelector(".bulk")?.classList.toggle("shown", chosen.length > 0);
    const head = form.querySelector("[data-tick-all]");
    if (head) {
      head.checked = chosen.length > 0 && chosen.length === all.length;
      head.indeterminate = chosen.length > 0 && chosen.length < all.length;
    }
  }

  function tickAll(form, checked) {
    for (const tick of ticks(form)) tick.checked = checked;
    count(form);
  }

  let last = null;
  function tickRange(form, tick) {
    const all = ticks(form);
    const [from, to] = [all.indexOf(last), all.indexOf(tick)].sort((a, b) => a - b);
    for (const between of all.slice(from, to + 1)) between.checked = tick.checked;
  }

  document.addEventListener("click", (event) => {
    const form = event.target.closest?.("[data-bulk]");
    if (!form) return;
    if (event.target.closest("[data-untick]")) tickAll(form, false);
    if (event.target.matches("[data-tick-all]")) tickAll(form, event.target.checked);
    if (event.target.matches("tbody [name=id]")) {
      if (event.shiftKey && form.contains(last)) tickRange(form, event.target);
      last = event.target;
      count(form);
    }
  });

  const rows = () => [...document.querySelectorAll("[data-list] [data-row]")];
  const current = () => document.querySelector("[data-row].cursor");

  function step(by) {
    const all = rows();
    const next = all[Math.min(all.length - 1, Math.max(0, all.indexOf(current()) + by))];
    current()?.classList.remove("cursor");
    next?.classList.add("cursor");
    (next?.querySelector("a") ?? next)?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: "nearest" });
  }

  const KEYS = {
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    j: () => step(1),
    k: () => step(-1),
    x: () => current()?.querySelector("[name=id]")?.click(),
  };

  document.addEventListener("keydown", (event) => {
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    const elsewhere = event.target.closest("input:not([type=checkbox]), textarea, select, [popover], .find");
    if (!plain || elsewhere || !KEYS[event.key] || !rows().length) return;
    event.preventDefault();
    KEYS[event.key]();
  });

  /* Coming back with the browser's Back keeps the ticks: show them. */
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("[data-bulk]")) count(form);
  });
})();

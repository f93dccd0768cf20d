/* Small conveniences. Every page works without this file; here it only becomes quicker and safer. */
"use strict";

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const on = (name, act) => document.addEventListener(name, act);

/* ---- keys: "/" goes to the search, Escape empties what hangs under it ---- */
const typing = (element) => element.matches("input, textarea, select, [contenteditable]");

on("keydown", (event) => {
  if (event.key === "/" && !event.ctrlKey && !event.metaKey && !typing(event.target)) {
    event.preventDefault();
    $("[data-slash]")?.focus();
  }
  if (event.key === "Escape") $("#found")?.replaceChildren();
  if (event.target.closest(".find") && ["ArrowDown", "ArrowUp"].includes(event.key)) walk(event);
});

function walk(event) {
  const stops = [$("[data-slash]"), ...$$("#found a")];
  const next = stops.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
  if (stops[next]) {
    event.preventDefault();
    stops[next].focus();
  }
}

on("click", (event) => {
  if (!event.target.closest(".find")) $("#found")?.replaceChildren();
  event.target.closest("[data-close]")?.closest("[data-toast], .banner").setAttribute("hidden", "");
  if (event.target.closest("[data-retry]")) retry();
  if (event.target.closest("[data-print]")) window.print();
});

/* ---- "Why?": the browser opens the panel; readers of the page are told that it did ---- */
document.addEventListener("toggle", (event) => {
  if (!event.target.id || event.newState === undefined) return;
  for (const button of $$(`[popovertarget="${CSS.escape(event.target.id)}"]`)) {
    button.setAttribute("aria-expanded", String(event.newState === "open"));
  }
}, true);

/* ---- light or dark at once, while the answer is still on its way ---- */
on("submit", (event) => {
  if (!event.target.matches("[data-themes]")) return;
  const theme = event.submitter.value;
  const page = document.documentElement;
  if (theme) page.dataset.bsTheme = theme;
  else delete page.dataset.bsTheme;
});

/* ---- one click, one post ---- */
const sent = new WeakSet();

on("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (!navigator.onLine || sent.has(form)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!navigator.onLine) tellLost(true);
    return;
  }
  sent.add(form);
  form.setAttribute("aria-busy", "true");
  setTimeout(() => release(form), 8000);
});

function release(form) {
  sent.delete(form);
  form.removeAttribute("aria-busy");
}

on("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form");
  if (form) release(form);
});
window.addEventListener("pageshow", () => $$("form[aria-busy]").forEach(release));

/* ---- the connection ---- */
function tellLost(lost, where = "unknown") {
  $("#lost")?.toggleAttribute("hidden", !lost);
  const known = navigator.onLine ? where : "device";
  for (const part of $$("#lost [data-lost]")) part.toggleAttribute("hidden", part.dataset.lost !== known);
}

/* An answer from a proxy in front of the server comes through the internet all the same. */
async function retry() {
  try {
    const answer = await fetch(document.body.dataset.alive, { method: "HEAD", cache: "no-store" });
    tellLost(answer.status >= 500, "server");
  } catch {
    tellLost(true);
  }
}

window.addEventListener("offline", () => tellLost(true));
window.addEventListener("online", retry);
on("htmx:sendError", () => tellLost(true));
on("htmx:timeout", () => tellLost(true));
on("htmx:afterOnLoad", () => tellLost(false));
on("htmx:responseError", () => $("#broken")?.removeAttribute("hidden"));
setInterval(() => $("#lost:not([hidden])") && retry(), 5000);

/* A refusal is a whole page: where only a part was asked for, go there instead of showing nothing. */
on("htmx:beforeSwap", (event) => {
  const { xhr, boosted, pathInfo } = { ...event.detail, ...event.detail.requestConfig };
  if (!boosted || xhr.status < 400) return;
  event.detail.shouldSwap = false;
  location.assign(pathInfo?.requestPath ?? xhr.responseURL);
});

/* ---- after an error the reader lands on the summary ---- */
const summary = () => $("[data-summary]")?.focus();
on("DOMContentLoaded", summary);
on("htmx:afterSettle", (event) => event.detail.elt.querySelector?.("[data-summary]") && summary());

/* ---- the tab that is open is seen, however narrow the screen ---- */
on("DOMContentLoaded", () => $$(".views [aria-current]").forEach((tab) => {
  tab.parentElement.scrollLeft = tab.offsetLeft + tab.offsetWidth - tab.parentElement.clientWidth + 24;
}));

/* ---- toasts leave by themselves, unless they offer a way back ---- */
function fadeToasts() {
  for (const toast of $$("[data-toast]:not([data-timed])")) {
    toast.dataset.timed = "";
    setTimeout(() => toast.matches(":focus-within, :hover") || toast.remove(), $("form", toast) ? 20000 : 8000);
  }
}
on("DOMContentLoaded", fadeToasts);
on("htmx:afterSettle", fadeToasts);

/* ---- photos are shown before they are sent ---- */
on("change", (event) => {
  const input = event.target;
  if (input.dataset.preview) preview(input, document.getElementById(input.dataset.preview));
});

function preview(input, strip) {
  strip.replaceChildren(...[...input.files].map((file) => {
    const shot = document.createElement("figure");
    shot.className = "shot";
    const caption = document.createElement("figcaption");
    caption.textContent = file.name;
    shot.append(caption);
    draw(file, shot);
    return shot;
  }));
}

async function draw(file, shot) {
  try {
    const image = await createImageBitmap(file, { resizeHeight: 160, resizeQuality: "medium" });
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.width, image.height];
    canvas.getContext("2d").drawImage(image, 0, 0);
    shot.prepend(canvas);
  } catch {
    shot.classList.add("unseen");
  }
}

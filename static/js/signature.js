/* The pad: draws on the canvas and puts the picture into the hidden field. The written name works without it. */
"use strict";

(() => {
  const PAPER = "#ffffff", INK = "#1b1e21";

  function fit(canvas, pad) {
    const drawn = pad.toData();
    const ratio = Math.max(window.devicePixelRatio || 1, 1);
    canvas.width = canvas.offsetWidth * ratio;
    canvas.height = canvas.offsetHeight * ratio;
    canvas.getContext("2d").scale(ratio, ratio);
    pad.fromData(drawn);
  }

  function start(box) {
    if (box.dataset.started !== undefined) return;
    box.dataset.started = "";
    const canvas = box.querySelector("canvas");
    const hidden = box.querySelector("[data-drawn]");
    const pad = new SignaturePad(canvas, { penColor: INK, backgroundColor: PAPER, minWidth: 0.8, maxWidth: 2.4 });
    const note = () => { hidden.value = pad.isEmpty() ? "" : pad.toDataURL("image/png"); };
    fit(canvas, pad);
    pad.addEventListener("endStroke", note);
    box.querySelector("[data-clear]").addEventListener("click", () => { pad.clear(); note(); });
    new ResizeObserver(() => { fit(canvas, pad); note(); }).observe(canvas);
  }

  const startAll = () => document.querySelectorAll("[data-signature]").forEach(start);
  document.addEventListener("DOMContentLoaded", startAll);
  document.addEventListener("htmx:afterSettle", startAll);
})();

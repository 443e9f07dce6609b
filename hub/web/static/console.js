"use strict";
// Keeps the page true: a live line says "change", the page reads its living part anew.
(() => {
  const live = document.getElementById("live");
  const lost = document.getElementById("lost");
  const last = document.getElementById("last");
  const sound = document.getElementById("sound");
  const QUIET_MS = 25000; // two heartbeats missed
  const REFRESH_MS = 700;
  let heard = Date.now(), due = null, waiting = null, audio = null;

  const facts = () => document.getElementById("facts")?.dataset ?? {};

  function noteFacts() {
    const { waiting: count, at } = facts();
    if (at) last.textContent = at;
    if (count === undefined) return;
    const now = Number(count);
    document.title = (now ? `(${now}) ` : "") + "Đông Giang IOC";
    if (waiting !== null && now > waiting) ring();
    waiting = now;
  }

  function ring() {
    if (!audio) return;
    [0, 0.35, 0.7].forEach((when) => {
      const tone = audio.createOscillator(), gain = audio.createGain();
      tone.frequency.value = 880;
      gain.gain.setValueAtTime(0.25, audio.currentTime + when);
      gain.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + when + 0.3);
      tone.connect(gain).connect(audio.destination);
      tone.start(audio.currentTime + when);
      tone.stop(audio.currentTime + when + 0.3);
    });
  }

  // Somebody who types or chooses is not interrupted; what they typed is not thrown away.
  const busy = () => live.contains(document.activeElement) &&
    ["INPUT", "TEXTAREA", "SELECT"].includes(document.activeElement.tagName);

  const fields = () => [...live.querySelectorAll("input:not([type=hidden], [type=file], [type=radio]), textarea, select")];
  const boxes = () => [...live.querySelectorAll(".wide")];
  const key = (one) => `${one.form?.getAttribute("action") ?? ""} ${one.name}`;
  const isChanged = (one) => one.tagName === "SELECT"
    ? [...one.options].some((option) => option.selected !== option.defaultSelected)
    : one.value !== one.defaultValue;

  async function refresh() {
    due = null;
    if (busy()) { later(); return; }
    const address = new URL(location.href);
    address.searchParams.set("fragment", "1");
    try {
      const answer = await fetch(address, { cache: "no-store" });
      if (answer.status === 401) { location.assign("/login"); return; }
      if (!answer.ok) throw new Error(String(answer.status));
      const html = await answer.text();
      if (busy()) { later(); return; }
      const typed = new Map(fields().filter(isChanged).map((one) => [key(one), one.value]));
      const aside = boxes().map((one) => one.scrollLeft);
      live.innerHTML = html;
      fields().forEach((one) => { if (typed.has(key(one))) one.value = typed.get(key(one)); });
      boxes().forEach((one, at) => { one.scrollLeft = aside[at] ?? 0; });
      alive();
      noteFacts();
    } catch { later(3000); }
  }

  function later(pause = REFRESH_MS) { due ??= setTimeout(refresh, pause); }
  function alive() { heard = Date.now(); lost.hidden = true; }

  const line = new EventSource("/events");
  line.addEventListener("hello", () => { if (!lost.hidden) later(0); alive(); });
  line.addEventListener("beat", alive);
  line.addEventListener("change", () => { alive(); later(); });
  line.onerror = () => { lost.hidden = false; };

  setInterval(() => {
    if (Date.now() - heard > QUIET_MS) lost.hidden = false;
    later(); // ages on the page are true even when nothing happens
  }, 15000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) later(0); });

  sound.addEventListener("click", () => {
    audio = audio ? (audio.close(), null) : new AudioContext();
    sound.textContent = audio ? "Chuông: bật" : "Chuông: tắt";
    sound.setAttribute("aria-pressed", String(Boolean(audio)));
    if (audio) ring();
  });
  // The browser's own words for an empty field follow its language, not the page's.
  document.addEventListener("invalid", (event) => {
    const field = event.target;
    field.closest("details")?.setAttribute("open", "");
    if (field.validity.valueMissing && field.dataset.missing) field.setCustomValidity(field.dataset.missing);
  }, true);
  document.addEventListener("input", (event) => event.target.setCustomValidity?.(""));
  noteFacts();
})();

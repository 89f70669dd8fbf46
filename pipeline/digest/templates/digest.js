"use strict";
(() => {
  const all = [...document.querySelectorAll(".story")];
  const find = document.getElementById("find");
  const language = document.getElementById("by-language");
  const source = document.getElementById("by-source");
  const topic = document.getElementById("by-topic");
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const texts = new Map();
  const textOf = (story) => {
    if (!texts.has(story)) texts.set(story, plain(story.textContent));
    return texts.get(story);
  };
  const visible = () => all.filter((story) => story.getClientRects().length > 0);
  const keysOf = (field) => (field && field.value ? [field.value] : []);

  const show = () => {
    const wanted = [language, source, topic].flatMap(keysOf);
    const asked = plain(find.value.trim()).split(/\s+/).filter(Boolean);
    let count = 0;
    for (const story of all) {
      const fits = wanted.every((key) => story.classList.contains(key)) &&
        asked.every((word) => textOf(story).includes(word));
      story.hidden = !fits;
      count += fits;
    }
    for (const group of document.querySelectorAll(".group, .seconds")) {
      group.hidden = !group.querySelector(".story:not([hidden])");
    }
    document.getElementById("none").hidden = count > 0;
    const told = wanted.length + asked.length > 0;
    document.getElementById("shown").textContent = told ? `${count} / ${all.length}` : "";
  };
  if (find) {
    find.hidden = false;
    for (const field of [find, language, source, topic]) field?.addEventListener("input", show);
    show();
  }

  const open = (id) => {
    const target = id && document.getElementById(id);
    if (!target) return;
    const details = target.closest("details") || target.querySelector(":scope > details");
    if (details && !details.open) {
      details.open = true;
      target.scrollIntoView();
    }
  };
  const named = () => open(decodeURIComponent(location.hash.slice(1)));
  addEventListener("hashchange", named);
  named();

  const current = () => document.activeElement && document.activeElement.closest(".story");
  const go = (step) => {
    const list = visible();
    const at = list.indexOf(current());
    const next = list[at < 0 ? (step > 0 ? 0 : list.length - 1) : at + step];
    if (!next) return;
    next.querySelector(".head a").focus({ preventScroll: true });
    next.scrollIntoView({ block: "start" });
  };
  const toggle = () => {
    const story = current() || visible()[0];
    if (!story) return;
    const details = story.querySelector("details");
    if (!details) {
      story.querySelector(".open a").click();
      return;
    }
    details.open = !details.open;
    details.querySelector("summary").focus();
  };
  const keys = document.getElementById("keys");
  if (keys && matchMedia("(hover: hover)").matches) keys.hidden = false;
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, select, textarea")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (event.key === "j") go(1);
    else if (event.key === "k") go(-1);
    else if (event.key === "o") toggle();
    else if (event.key === "/" && find) find.focus();
    else return;
    event.preventDefault();
  });
})();

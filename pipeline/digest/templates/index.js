"use strict";
(() => {
  const find = document.getElementById("find");
  const nights = [...document.querySelectorAll(".night")];
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const stories = nights.map((night) => ({
    night,
    details: night.querySelector("details"),
    wasOpen: Boolean(night.querySelector("details[open]")),
    items: [...night.querySelectorAll(".past")].map((item) => [item, plain(item.textContent)]),
  }));
  const show = () => {
    const asked = plain(find.value.trim()).split(/\s+/).filter(Boolean);
    let count = 0;
    for (const { night, details, wasOpen, items } of stories) {
      let here = 0;
      for (const [item, text] of items) {
        item.hidden = !asked.every((word) => text.includes(word));
        here += !item.hidden;
      }
      night.hidden = asked.length > 0 && here === 0;
      if (details) details.open = asked.length > 0 ? here > 0 : wasOpen;
      count += here;
    }
    document.getElementById("none").hidden = asked.length === 0 || count > 0;
    document.getElementById("shown").textContent = asked.length > 0 ? String(count) : "";
  };
  find.hidden = false;
  find.addEventListener("input", show);
  show();
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input")) {
      if (event.key === "Escape") event.target.blur();
    } else if (event.key === "/") {
      find.focus();
      event.preventDefault();
    }
  });
})();

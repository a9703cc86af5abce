"use strict";
const all = () => document.querySelectorAll("details");
const button = document.querySelector("button");
button.hidden = false;
button.addEventListener("click", () => {
  const open = button.getAttribute("aria-pressed") !== "true";
  all().forEach((one) => { one.open = open; });
  button.setAttribute("aria-pressed", String(open));
});
addEventListener("beforeprint", () => all().forEach((one) => { one.open = true; }));

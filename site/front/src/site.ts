// On every page: places the pop-up of a figure beside it, and opens the figure that an address names.

import { openFilter } from "./filter";

let opener: HTMLElement | null = null;

function place(box: HTMLElement): void {
  box.style.cssText = "";
  if (!opener || window.innerWidth < 600) return;
  const at = opener.getBoundingClientRect();
  const size = box.getBoundingClientRect();
  const left = Math.min(Math.max(8, at.left), window.innerWidth - size.width - 24);
  const fits = at.bottom + 8 + size.height < window.innerHeight;
  const top = fits ? at.bottom + 6 : Math.max(8, at.top - size.height - 6);
  box.style.cssText = `inset: ${top}px auto auto ${left}px; margin: 0`;
}

/** The boxes that must be open for an element to be seen. */
function boxesAround(element: Element): HTMLDetailsElement[] {
  const box = element.parentElement?.closest("details");
  return box ? [box, ...boxesAround(box)] : [];
}

function reveal(): void {
  const name = decodeURIComponent(location.hash.slice(1));
  const target = name && document.getElementById(name);
  if (!target) return;
  const own = target.querySelector<HTMLDetailsElement>(".behind:has(.judgement)");
  const folded = [...boxesAround(target), ...(own ? [own] : [])].filter((box) => !box.open);
  for (const box of folded) box.open = true;
  if (folded.length > 0) target.scrollIntoView();
  const button = target
    .closest("td, th, caption, li, p")
    ?.querySelector<HTMLElement>(`button[data-claims~="${CSS.escape(name)}"]`);
  if (!button) return;
  button.scrollIntoView({ block: "center" });
  opener = button;
  document.getElementById(button.getAttribute("popovertarget") ?? "")?.showPopover();
}

document.addEventListener(
  "click",
  (event) => {
    const button = event.target instanceof Element && event.target.closest("button[popovertarget]");
    if (button instanceof HTMLElement) opener = button;
    const taking = event.target instanceof Element && event.target.closest<HTMLElement>("button[data-take]");
    const figure = taking && taking.closest("figure");
    if (figure) void import("./drawing").then(({ take }) => take(figure, taking.dataset["take"] ?? "svg"));
  },
  true,
);
document.addEventListener(
  "toggle",
  (event) => {
    const box = event.target;
    const isPrints = box instanceof HTMLElement && box.matches(".prints");
    if (isPrints && (event as ToggleEvent).newState === "open") place(box);
  },
  true,
);

// On a phone a long map starts closed, and the table of a plot open, where no other
// table has its figures: the plot is wider than the screen.
if (window.innerWidth < 600) {
  document.querySelector("details.map")?.removeAttribute("open");
  const tables = document.querySelector("table.arms") ? [] : document.querySelectorAll("details.plot-data");
  for (const table of tables) table.setAttribute("open", "");
}

/** Waits for the first paint: large scripts would delay the style sheet. */
function painted(): Promise<void> {
  return new Promise((now) => (document.hidden ? now() : requestAnimationFrame(() => setTimeout(now))));
}

openFilter();
// The theme makes unnamed landmarks of buttons and of words in search results, and puts wide tables
// in boxes that only a mouse can scroll.
function mend(): void {
  for (const one of document.querySelectorAll("nav:is(.md-code__nav, .md-tags)")) one.setAttribute("role", "none");
  for (const box of document.querySelectorAll<HTMLElement>(".md-typeset__scrollwrap")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  }
}
new MutationObserver(mend).observe(document.body, { childList: true, subtree: true });
mend();
if (document.getElementById("console")) {
  void painted()
    .then(() => import("./console"))
    .then(({ openConsole }) => openConsole());
} else if (document.getElementById("explore")) {
  void import("./explore").then(({ openExplorer }) => openExplorer());
} else if (document.getElementById("compare")) {
  void import("./compare").then(({ openComparison }) => openComparison());
} else {
  window.addEventListener("hashchange", reveal);
  if (document.readyState === "complete") reveal();
  else window.addEventListener("load", reveal);
}

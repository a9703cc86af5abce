// On every page: pop-ups of figures, and what an address names is opened.

import { copiesTexts } from "./copying";
import { openFilter } from "./filter";
import { explainWords } from "./meaning";
import { open, openPrints } from "./prints";
import { awaitSearch } from "./search";

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
  const figure = target
    .closest("td, th, caption, li, p")
    ?.querySelector(`a.fig:is(#${CSS.escape(name)}, [data-claims~="${CSS.escape(name)}"])`);
  if (!figure) return;
  figure.scrollIntoView({ block: "center" });
  void open(figure);
}

document.addEventListener(
  "click",
  (event) => {
    const taking = event.target instanceof Element && event.target.closest<HTMLElement>("button[data-take]");
    const figure = taking && taking.closest("figure");
    if (figure) void import("./drawing").then(({ take }) => take(figure, taking.dataset["take"] ?? "svg"));
  },
  true,
);
// On a phone a long map starts closed, and the table of a plot open, where no other table has its
// figures; the style sheet has it open before that, where a browser can.
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
openPrints();
copiesTexts();
explainWords();
awaitSearch();
// The theme makes unnamed landmarks of buttons, and puts wide tables in boxes that only a mouse can
// scroll.
function mend(): void {
  for (const one of document.querySelectorAll("nav.md-code__nav")) one.setAttribute("role", "none");
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
} else if (document.getElementById("forest")) {
  void import("./forest").then(({ openForest }) => openForest());
} else {
  window.addEventListener("hashchange", reveal);
  if (document.readyState === "complete") reveal();
  else window.addEventListener("load", reveal);
}

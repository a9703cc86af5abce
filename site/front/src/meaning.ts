// What the words beside a figure mean: shown where the pointer rests on them, where the keyboard is on
// their figure, and where they are tapped and no pop-up of the figure has it.

import { element } from "./table";

const WORDS = ".mark[title], .contested[title]";
const FIGURES = "a.fig, .the-figure > a, .of-figure > a";
const HOVER_ENDS = 150; // ms: time to move the pointer onto the box

let made: HTMLElement | null = null;
let titles: { readonly word: Element; readonly title: string }[] = [];
let beside: Element | null = null;
let described: Element | null = null;
let ending = 0;
let pointer = ""; // where it was last moved to

function box(): HTMLElement {
  if (made) return made;
  made = document.createElement("div");
  Object.assign(made, { id: "meaning", className: "meaning" });
  made.setAttribute("role", "tooltip");
  made.setAttribute("popover", "manual");
  (document.getElementById("page-content") ?? document.body).append(made);
  return made;
}

/** The words beside a figure, with the title that the legend of the page gives them. */
export function marked(text: string): HTMLElement {
  const meanings = [...document.querySelectorAll<HTMLElement>("[data-meaning]")];
  const titles = text.split(" · ").flatMap((part) => {
    // A word may be the beginning of another, as of "note" and "noted", and be followed by a number.
    const meaning = meanings.find(({ dataset }) => `${part} `.startsWith(`${dataset["meaning"]} `));
    return meaning?.textContent ?? [];
  });
  const mark = element("small", "mark", text);
  if (titles.length) mark.title = titles.join("; ");
  return mark;
}

/** The words of a figure: those that follow it, before another figure; in a table, those of its row. */
function wordsOf(figure: Element): Element[] {
  if (!figure.matches("a.fig")) return [...(figure.closest(".one-figure, tr")?.querySelectorAll(WORDS) ?? [])];
  const found: Element[] = [];
  for (let next = figure.nextElementSibling; next && !next.matches("a.fig"); next = next.nextElementSibling) {
    if (next.matches(WORDS)) found.push(next);
  }
  return found;
}

function hide(): void {
  clearTimeout(ending);
  if (!titles.length) return;
  for (const { word, title } of titles) word.setAttribute("title", title);
  titles = [];
  described?.removeAttribute("aria-describedby");
  described = null;
  made?.hidePopover();
}

function show(words: readonly Element[], by: Element): void {
  if (words.length > 0 && words.every((word) => titles.some((one) => one.word === word))) {
    clearTimeout(ending);
    return;
  }
  hide();
  if (!words.length) return;
  // Without its own title the browser shows no second box.
  titles = words.map((word) => ({ word, title: word.getAttribute("title") ?? "" }));
  for (const word of words) word.removeAttribute("title");
  const opened = box();
  opened.textContent = titles.map(({ title }) => `${title}.`).join(" ");
  if (by.matches("a")) {
    described = by;
    by.setAttribute("aria-describedby", "meaning");
  }
  beside = by;
  opened.style.cssText = "";
  opened.showPopover();
  place();
}

/** Puts the box beside the words, also when the page moves below it, as it does for the keyboard. */
function place(): void {
  if (!made || !beside || !titles.length) return;
  const at = beside.getBoundingClientRect();
  const size = made.getBoundingClientRect();
  const left = Math.max(4, Math.min(at.left, document.documentElement.clientWidth - size.width - 4));
  const fits = at.bottom + size.height + 4 < window.innerHeight;
  made.style.cssText = `inset: ${fits ? at.bottom + 2 : at.top - size.height - 2}px auto auto ${left}px`;
}

function isShown(element: Element): boolean {
  return element === made || titles.some(({ word }) => word.contains(element));
}

/** Lets the words beside figures tell what they mean. */
export function explainWords(): void {
  document.addEventListener("focusin", ({ target }) => {
    if (!(target instanceof Element) || !target.matches(":focus-visible")) return;
    if (target.matches(FIGURES)) show(wordsOf(target), target);
    else if (target.matches(WORDS)) show([target], target);
  });
  document.addEventListener("focusout", hide);
  document.addEventListener("pointerover", ({ target, pointerType, clientX, clientY }) => {
    if (!(target instanceof Element) || pointerType !== "mouse") return;
    // Words that come under a resting pointer, as where a box closes or the page moves, stay closed.
    if (target.matches(WORDS) && pointer !== `${clientX} ${clientY}`) show([target], target);
    else if (isShown(target)) clearTimeout(ending);
  });
  document.addEventListener("pointerout", ({ target, pointerType }) => {
    if (pointerType === "mouse" && target instanceof Element && isShown(target)) {
      clearTimeout(ending);
      ending = window.setTimeout(hide, HOVER_ENDS);
    }
  });
  document.addEventListener(
    "pointermove",
    ({ clientX, clientY }) => {
      pointer = `${clientX} ${clientY}`;
    },
    { passive: true },
  );
  document.addEventListener("click", ({ target }) => {
    if (target === made) return;
    const word = target instanceof Element && target.matches(".mark") && !target.closest("[data-prints]") ? target : null;
    const wasShown = word !== null && isShown(word);
    hide();
    if (word?.matches(WORDS) && !wasShown) show([word], word);
  });
  document.addEventListener("keydown", ({ key }) => {
    if (key === "Escape" || key === "Enter") hide();
  });
  document.addEventListener("scroll", place, { capture: true, passive: true });
}

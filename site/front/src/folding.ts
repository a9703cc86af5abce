// The endpoints of a comparison: links that jump to each, and on a phone a fold of each where they are many.
import { button } from "./grid";
import { element } from "./table";

const FEW = 4; // endpoints: so many are open on a phone if they were chosen, else the first ones
const FIRST = 2;

/** Gives each endpoint of a table a button that folds it; the style sheet uses it on a phone. */
export function foldable(box: HTMLElement, chosen: readonly string[], opened: Set<string>): void {
  const wanted = chosen.length <= FEW ? chosen : [];
  const bodies = [...box.querySelectorAll("tbody")];
  for (const [at, body] of bodies.entries()) {
    const head = body.querySelector<HTMLElement>(".of-endpoint");
    const name = head?.dataset["endpoint"] ?? "";
    const number = body.querySelectorAll(".one-figure").length;
    const filtered = [...body.querySelectorAll<HTMLElement>("[data-hidden]")].reduce((sum, one) => sum + Number(one.dataset["hidden"]), 0);
    const shown = number === 1 ? "1 result" : `${number} results`;
    const toggle = button(filtered > 0 ? `${shown}, ${filtered} filtered out` : shown, () => {
      const isOpen = body.classList.toggle("is-folded") === false;
      toggle.ariaExpanded = String(isOpen);
      if (isOpen) opened.add(name);
      else opened.delete(name);
    });
    const isOpen = bodies.length <= FEW || at < FIRST || wanted.includes(name) || opened.has(name);
    toggle.classList.add("fold");
    toggle.ariaExpanded = String(isOpen);
    body.classList.toggle("is-folded", !isOpen);
    head?.querySelector("h3")?.after(toggle);
  }
}

/** Goes to the results of an endpoint, unfolded. */
export function reach(endpoint: string): void {
  const head = document.querySelector<HTMLElement>(`.of-endpoint[data-endpoint="${CSS.escape(endpoint)}"]`);
  if (!head) return;
  const toggle = head.querySelector<HTMLElement>(".fold[aria-expanded=false]");
  toggle?.click();
  head.tabIndex = -1;
  head.scrollIntoView();
  head.focus({ preventScroll: true });
}

/** Links to the results of each endpoint; the address already holds what is chosen. */
export function jumps(answer: readonly HTMLElement[]): HTMLElement[] {
  const heads = answer.flatMap((part) => [...part.querySelectorAll<HTMLElement>(".of-endpoint")]);
  if (heads.length < 2) return [];
  const nav = element("nav", "compare-jumps");
  nav.setAttribute("aria-label", "Results by endpoint");
  nav.append("Results: ");
  for (const head of heads) {
    const name = head.dataset["endpoint"] ?? "";
    nav.append(button(head.querySelector("h3")?.textContent ?? name, () => reach(name)), " ");
  }
  return [nav];
}

// The facets as lists of checkboxes; created once, then only their counts change.
import type { Chosen, Facet } from "./facet";
import { folded } from "./packed";
import { count, element } from "./table";

const MANY = 12;
const OPEN = new Set(["endpoint", "regimen"]);

interface Line {
  readonly term: number;
  readonly label: HTMLElement;
  readonly box: HTMLInputElement;
  readonly count: HTMLElement;
  readonly text: string;
}

export class FacetList {
  readonly part = element("details", "facet") as HTMLDetailsElement;
  readonly #lines: readonly Line[];
  readonly #number = element("span", "count");
  readonly #none = element("p", "facet-none", "None here");
  #words = "";

  constructor(
    readonly facet: Facet,
    changed: () => void,
  ) {
    const summary = element("summary", "", facet.title);
    const list = element("div", "facet-list");
    Object.assign(list, { role: "group", ariaLabel: facet.title });
    this.#lines = facet.tree.map(({ term, depth }) => this.#line(term, depth, changed));
    this.part.open = OPEN.has(facet.name);
    summary.append(" ", this.#number);
    list.append(...this.#lines.map(({ label }) => label), this.#none);
    this.part.append(summary, ...(this.#lines.length > MANY ? [this.#find()] : []), list);
  }

  show(counts: readonly number[], chosen: Chosen): void {
    const ticked = chosen.get(this.facet.name);
    for (const { term, box, count: number } of this.#lines) {
      box.checked = ticked?.has(term) ?? false;
      const text = count(counts[term] ?? 0);
      if (number.textContent !== text) number.textContent = text;
    }
    this.#number.textContent = ticked?.size ? `${ticked.size} chosen` : "";
    if (ticked?.size) this.part.open = true;
    this.#hide();
  }

  get ticked(): Set<number> {
    return new Set(this.#lines.filter(({ box }) => box.checked).map(({ term }) => term));
  }

  /** Hides terms that would leave no claim, except chosen ones. */
  #hide(): void {
    let isAny = false;
    for (const { label, box, count: number, text } of this.#lines) {
      const fits = box.checked || (number.textContent !== "0" && (!this.#words || folded(text).includes(this.#words)));
      label.hidden = !fits;
      isAny ||= fits;
    }
    this.#none.hidden = isAny;
  }

  #find(): HTMLElement {
    const field = document.createElement("input");
    Object.assign(field, { type: "search", className: "facet-find", placeholder: `Find in ${this.#lines.length}`, autocomplete: "off" });
    field.setAttribute("aria-label", `Find in ${this.facet.title}`);
    field.addEventListener("input", (event) => {
      event.stopPropagation();
      this.#words = folded(field.value.trim());
      this.#hide();
    });
    return field;
  }

  #line(term: number, depth: number, changed: () => void): Line {
    const { labels, names } = this.facet.written;
    const label = element("label", "facet-line");
    const box = document.createElement("input");
    const number = element("span", "facet-count");
    const text = labels[term] ?? "";
    Object.assign(box, { type: "checkbox", name: this.facet.name, value: names[term] ?? "" });
    box.addEventListener("change", changed);
    label.style.paddingInlineStart = `${depth * 0.75}em`;
    label.append(box, element("span", "facet-text", text), number);
    return { term, label, box, count: number, text: `${text} ${names[term] ?? ""}` };
  }
}

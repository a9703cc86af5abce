// The forest-plot builder: a measure and its rows are chosen; the choice is in the address.
import { fetchJson } from "./bytes";
import { painted } from "./drawing";
import { choiceOf, paramsOf, pictureOf, titleOf } from "./forestchoice";
import { draw, type Drawn } from "./forestdrawing";
import { asR, asRows, COLUMNS, figureText, Forest, people, type Choice, type ForestRow, type Grouping, type Kind, type Ordering } from "./forestrows";
import { tableOf } from "./foresttable";
import { asCsv, copiesAddress, copies, save } from "./saving";
import { element, partOf } from "./table";

const part = <T extends HTMLElement = HTMLElement>(name: string): T => partOf<T>(`forest-${name}`);

/** Starts the builder of the page. */
export async function openForest(): Promise<void> {
  const { root = "", rows = "" } = document.getElementById("forest")?.dataset ?? {};
  part<HTMLDetailsElement>("rows").open = window.matchMedia("(min-width: 60em)").matches;
  try {
    new Builder(new Forest(await fetchJson(rows)), root).open();
  } catch (error) {
    part("status").textContent = `The rows could not be loaded: ${(error as Error).message}`;
  }
}

class Builder {
  readonly #kind = part<HTMLSelectElement>("kind");
  readonly #group = part<HTMLSelectElement>("group");
  readonly #order = part<HTMLSelectElement>("order");
  readonly #shape = part<HTMLSelectElement>("shape");
  readonly #parts = part<HTMLInputElement>("parts");
  readonly #aside = part<HTMLInputElement>("aside");
  readonly #title = part<HTMLInputElement>("title");
  #choice: Choice;
  #shown: readonly ForestRow[] = [];
  #svg: SVGSVGElement | null = null;

  constructor(
    readonly forest: Forest,
    readonly root: string,
  ) {
    this.#choice = choiceOf(forest, new URLSearchParams()).choice;
  }

  open(): void {
    const { kinds } = this.forest.written;
    this.#kind.append(...kinds.map(({ name, title }) => new Option(`${title} (${this.forest.usual(this.forest.offered({ ...this.#choice, kind: name })).length})`, name)));
    this.#kind.addEventListener("change", () => this.#choose({ kind: this.#kind.value, drugs: this.#choice.drugs.filter((drug) => this.forest.drugs(this.#kind.value).some(([name]) => name === drug)), rows: null, title: "" }));
    this.#group.addEventListener("change", () => this.#choose({ group: this.#group.value as Grouping }));
    this.#order.addEventListener("change", () => this.#choose({ order: this.#order.value as Ordering }));
    this.#shape.addEventListener("change", () => this.#choose({ shape: this.#shape.value === "column" ? "column" : "wide" }));
    this.#parts.addEventListener("change", () => this.#choose({ parts: this.#parts.checked }));
    this.#aside.addEventListener("change", () => this.#choose({ aside: this.#aside.checked }));
    this.#title.addEventListener("change", () => this.#choose({ title: this.#title.value.trim() }));
    part("form").addEventListener("submit", (event) => event.preventDefault());
    part("all").addEventListener("click", () => this.#choose({ rows: this.#offered().map(({ id }) => id) }));
    part("none").addEventListener("click", () => this.#choose({ rows: [] }));
    part("usual").addEventListener("click", () => this.#choose({ rows: null }));
    for (const name of ["svg", "png", "csv", "r"] as const) part(name).addEventListener("click", () => void this.#save(name));
    copiesAddress(part("link"));
    copies(part("embed"), () => embedding(`${this.forest.written.base}embed/forest/#${paramsOf(this.#choice).toString()}`));
    copies(part("references"), () => this.forest.references(this.#shown).join("\n"));
    window.addEventListener("popstate", () => this.#restore());
    this.#restore();
  }

  // --- what is chosen -----------------------------------------------------------------------

  #restore(): void {
    const { choice, unknown } = choiceOf(this.forest, new URLSearchParams(location.hash.slice(1)));
    this.#choice = choice;
    part("unknown").replaceChildren(...unknown.map((text) => element("p", "", `There is no ${text} in this evidence base.`)));
    this.#draw();
  }

  #choose(change: Partial<Choice>): void {
    this.#choice = { ...this.#choice, ...change };
    this.#draw();
    const fragment = `#${paramsOf(this.#choice).toString()}`;
    if (fragment !== location.hash) history.pushState(null, "", fragment);
  }

  #offered(): readonly ForestRow[] {
    return this.forest.offered(this.#choice);
  }

  // --- what is shown ------------------------------------------------------------------------

  #draw(): void {
    const choice = this.#choice;
    const kind = this.forest.kind(choice.kind);
    if (!kind) {
      part("status").textContent = "No result can be plotted.";
      return;
    }
    part("preview").setAttribute("href", `${this.root}embed/forest/#${paramsOf(choice).toString()}`);
    const offered = this.#offered();
    const ticked = new Set(choice.rows ?? this.forest.usual(offered));
    this.#shown = offered.filter(({ id }) => ticked.has(id));
    this.#showChoice(kind, offered, ticked);
    const sections = this.forest.sections(choice, this.#shown);
    this.#shown = sections.flatMap(({ rows }) => rows);
    const isDrawn = this.#shown.length > 0;
    for (const name of ["svg", "png", "csv", "r", "references"]) part<HTMLButtonElement>(name).disabled = !isDrawn;
    const drawn = isDrawn ? draw(pictureOf(this.forest, choice, kind, sections)) : null;
    this.#svg = drawn?.svg ?? null;
    this.#svg?.setAttribute("role", "img");
    this.#svg?.setAttribute("aria-label", `${titleOf(this.forest, choice, kind)}: forest plot of the ${this.#shown.length} rows in the table below`);
    part("picture").classList.toggle("is-column", choice.shape === "column");
    part("picture").replaceChildren(...(this.#svg ? [this.#svg] : []));
    part("table").replaceChildren(...(isDrawn ? [tableOf(this.forest, kind, sections, this.root)] : []));
    part("cited").replaceChildren(...(isDrawn ? [this.#references()] : []));
    this.#say(drawn, offered.length);
  }

  #say(drawn: Drawn | null, offered: number): void {
    const studies = new Set(this.#shown.map(({ study }) => study)).size;
    const counts = `${this.#shown.length} of ${offered} ${offered === 1 ? "row" : "rows"}, ${studies} ${studies === 1 ? "study" : "studies"}.`;
    const less = "untick some rows, or choose drugs.";
    const size = drawn?.isReadable === false ? (drawn.fits ? ` The letters are small for a slide: ${less}` : ` These are more than a slide holds, so the picture is taller than 16:9: ${less}`) : "";
    const more = drawn ? size : " Tick a row to draw it.";
    part("status").textContent = counts + more;
  }

  #showChoice(kind: Kind, offered: readonly ForestRow[], ticked: ReadonlySet<string>): void {
    const { group, order, shape, parts, aside, drugs, title } = this.#choice;
    this.#kind.value = kind.name;
    [this.#group.value, this.#order.value, this.#shape.value] = [group, order, shape];
    [this.#parts.checked, this.#aside.checked] = [parts, aside];
    this.#title.value = title;
    this.#title.placeholder = titleOf(this.forest, this.#choice, kind);
    part("number").textContent = drugs.length ? `${drugs.length} chosen` : "any";
    part("ticked").textContent = `${this.#shown.length} of ${offered.length}`;
    const list = element("div", "facet-list");
    Object.assign(list, { role: "group", ariaLabel: "Drugs" });
    const named = this.forest.drugs(kind.name).map(([drug, rows]) => {
      return line(`${this.forest.written.drugs[drug] ?? drug} (${rows})`, drug, drugs.includes(drug), () => this.#tickDrugs(drug));
    });
    list.append(...named);
    keepingFocus(part("drugs"), [list]);
    const rows = offered.map((row) => line([row.name, row.label].filter(Boolean).join(", "), row.id, ticked.has(row.id), () => this.#tickRows(), `${[people(row), figureText(row)].filter(Boolean).join(" · ")}${row.isAside ? " · set aside" : ""}`));
    keepingFocus(part("list"), rows);
  }

  #tickDrugs(drug: string): void {
    const { drugs } = this.#choice;
    this.#choose({ drugs: drugs.includes(drug) ? drugs.filter((one) => one !== drug) : [...drugs, drug], rows: null });
  }

  #tickRows(): void {
    const ticked = [...part("list").querySelectorAll<HTMLInputElement>("input:checked")].map(({ value }) => value);
    const usual = this.forest.usual(this.#offered());
    this.#choose({ rows: ticked.join() === usual.join() ? null : ticked });
  }

  #references(): HTMLElement {
    const box = element("details", "forest-references");
    const list = element("ol");
    const references = this.forest.references(this.#shown);
    list.append(...references.map((text) => element("li", "", text)));
    box.append(element("summary", "", `References of these rows: ${references.length}`), list);
    return box;
  }

  // --- downloads ----------------------------------------------------------------------------

  async #save(format: "svg" | "png" | "csv" | "r"): Promise<void> {
    const kind = this.forest.kind(this.#choice.kind);
    if (!kind || !this.#svg) return;
    const name = `forest-${kind.name.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`;
    if (format === "csv") return save(`${name}.csv`, asCsv(COLUMNS, asRows(this.forest, kind, this.#shown)), "text/csv");
    if (format === "r") return save(`${name}.R`, asR(titleOf(this.forest, this.#choice, kind), `${name}.csv`, kind.scale), "text/plain");
    const text = new XMLSerializer().serializeToString(this.#svg);
    if (format === "svg") return save(`${name}.svg`, text, "image/svg+xml");
    const { width, height } = this.#svg.viewBox.baseVal;
    try {
      save(`${name}.png`, await painted(text, width, height), "image/png");
    } catch (error) {
      part("status").textContent = `The picture could not be made: ${(error as Error).message}`;
    }
  }
}

/** The line of HTML that shows the plot in another page. */
function embedding(address: string): string {
  const escaped = address.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  return `<iframe src="${escaped}" title="Forest plot" width="100%" height="640" loading="lazy" style="border:0"></iframe>`;
}

/** Replaces the boxes of a list; the one that has the focus keeps it. */
function keepingFocus(list: HTMLElement, lines: readonly HTMLElement[]): void {
  const active = document.activeElement;
  const value = active instanceof HTMLInputElement && list.contains(active) ? active.value : null;
  const top = list.scrollTop;
  list.replaceChildren(...lines);
  list.scrollTop = top;
  if (value !== null) [...list.querySelectorAll("input")].find((box) => box.value === value)?.focus({ preventScroll: true });
}

function line(text: string, value: string, isTicked: boolean, act: () => void, figure = ""): HTMLElement {
  const label = element("label", "facet-line");
  const box = document.createElement("input");
  Object.assign(box, { type: "checkbox", value, checked: isTicked });
  box.addEventListener("change", act);
  label.append(box, element("span", "facet-text", text));
  if (figure) label.append(element("span", "facet-count", figure));
  return label;
}

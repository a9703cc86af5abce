// The comparison: regimens, a population and endpoints are chosen; the choice is in the address.
import { Compared, type Choice, type Term } from "./compared";
import { Comparing } from "./comparing";
import { fetchJson, pause } from "./bytes";
import { button } from "./grid";
import { link } from "./listing";
import { asCsv, asJson, copies, copiesAddress, save } from "./saving";
import { count, element, partOf } from "./table";
import { COLUMNS, asQuery, asR, asRows } from "./taken";
import { unknownWord } from "./unknown";

const MOST = 4;

const part = <T extends HTMLElement = HTMLElement>(name: string): T => partOf<T>(`compare-${name}`);

/** Starts the comparison of the page. */
export async function openComparison(): Promise<void> {
  const { root = "", compared = "" } = document.getElementById("compare")?.dataset ?? {};
  try {
    const read = new Compared(await fetchJson(compared));
    await pause();
    new Page(read, root).open(); // in one piece, so that nothing moves
  } catch (error) {
    part("status").textContent = `The comparison could not be loaded: ${(error as Error).message}`;
  }
}

class Page {
  readonly #population = part<HTMLSelectElement>("population");
  readonly #parts = part<HTMLInputElement>("parts");
  readonly #comparing: Comparing;
  #choice: Choice = { regimens: [], population: "", endpoints: [], parts: [] };

  constructor(
    readonly data: Compared,
    readonly root: string,
  ) {
    this.#comparing = new Comparing(data, root, (change) => this.#choose(change));
  }

  open(): void {
    const populations = new Set(this.data.figures.flatMap((one) => one.populations));
    const isUsed = ({ name }: Term): boolean => [...this.data.populations.within(name)].some((one) => populations.has(one));
    this.#population.append(new Option("any", ""), ...options(this.data.populations.tree(), isUsed));
    this.#population.addEventListener("change", () => this.#choose({ population: this.#population.value }));
    this.#parts.addEventListener("change", () => this.#choose({ parts: this.#parts.checked ? ["all"] : [] }));
    part("form").addEventListener("submit", (event) => event.preventDefault());
    part("endpoints").append(...this.#endpoints());
    part("known").append(this.#known());
    copiesAddress(part("link"));
    copies(part("r"), () => asR(this.data, this.#comparing.shown));
    for (const format of ["csv", "json"] as const) part(format).addEventListener("click", () => this.#save(format));
    window.addEventListener("popstate", () => this.#restore());
    this.#restore();
  }

  // --- what is chosen -----------------------------------------------------------------------

  #restore(): void {
    const params = new URLSearchParams(location.hash.slice(1));
    const { regimens, populations, endpoints } = this.data;
    const named = [...new Set(params.getAll("regimen"))].filter((name) => regimens.has(name)).slice(0, MOST);
    const population = params.get("population") ?? "";
    const isNew = !["regimen", "population", "endpoint", "parts"].some((name) => params.has(name));
    const start = this.data.written.start[0];
    this.#choice = {
      regimens: named.length ? named : (start?.regimens ?? []),
      population: populations.has(population) ? population : "",
      endpoints: isNew ? (start?.endpoints ?? []) : params.getAll("endpoint").filter((name) => name === "all" || endpoints.has(name)),
      parts: params.getAll("parts").flatMap((name) => (name === "1" ? ["all"] : endpoints.has(name) ? [name] : [])),
    };
    this.#sayUnknown(params);
    this.#draw();
  }

  /** Reports unknown names in the address: a shared link must not silently show less. */
  #sayUnknown(params: URLSearchParams): void {
    const { regimens, populations, endpoints } = this.data;
    const kinds = [
      ["regimen", regimens],
      ["population", populations],
      ["endpoint", endpoints],
    ] as const;
    const lines = kinds.flatMap(([kind, scheme]) => {
      const words = params.getAll(kind).filter((word) => word && !scheme.has(word) && !(kind === "endpoint" && word === "all"));
      return words.map((word) => unknownWord(kind, word, scheme));
    });
    const over = new Set(params.getAll("regimen").filter((name) => regimens.has(name))).size - MOST;
    if (over > 0) lines.push(`Only ${MOST} regimens can be shown side by side; the address names ${over} more.`);
    part("unknown").replaceChildren(...lines.map((line) => element("p", "", line)));
  }

  #save(format: "csv" | "json"): void {
    const rows = asRows(this.data, this.#comparing.shown);
    if (format === "csv") save("comparison.csv", asCsv(COLUMNS, rows), "text/csv");
    else save("comparison.json", asJson(COLUMNS, rows), "application/json");
  }

  #choose(change: Partial<Choice>): void {
    this.#choice = { ...this.#choice, ...change };
    this.#draw();
    const { regimens, population, endpoints, parts } = this.#choice;
    const params = new URLSearchParams();
    for (const name of regimens) params.append("regimen", name);
    if (population) params.set("population", population);
    for (const name of endpoints) params.append("endpoint", name);
    for (const name of parts.includes("all") ? ["1"] : parts) params.append("parts", name);
    if (`#${params.toString()}` !== location.hash) history.pushState(null, "", `#${params.toString()}`);
  }

  // --- what is shown ------------------------------------------------------------------------

  #draw(): void {
    const start = performance.now();
    const { regimens, population, endpoints, parts } = this.#choice;
    const names = regimens.map((name) => this.data.regimens.label(name));
    this.#population.value = population;
    this.#parts.checked = parts.includes("all");
    for (const box of part("endpoints").querySelectorAll("input")) {
      box.checked = endpoints.includes("all") || (endpoints.length ? endpoints : this.data.written.main).includes(box.value);
    }
    part("number").textContent = endpoints.includes("all") ? "all" : endpoints.length ? `${endpoints.length} chosen` : "main results";
    part("regimens").replaceChildren(...this.#choosers());
    const drawn = regimens.length > 1 ? this.#comparing.draw(this.#choice) : [];
    part("answer").replaceChildren(...drawn);
    const isFew = regimens.length < 2;
    if (isFew) this.#comparing.shown.length = 0;
    const query = asQuery(this.data, names.join(" · "), this.#comparing.shown);
    part("sparql").setAttribute("href", `${this.root}console/#${new URLSearchParams({ query }).toString()}`);
    part("take").hidden = !this.#comparing.shown.length;
    part("status").textContent = isFew ? "Choose two regimens." : `${names.join(" · ")}: ${counted(part("answer"))}.`;
    document.getElementById("compare")?.setAttribute("data-ready", "");
    performance.measure("compare-drawn", { start });
  }

  #choosers(): HTMLElement[] {
    const { regimens } = this.#choice;
    const slots = regimens.length < 2 ? [...regimens, ...Array<string>(2 - regimens.length).fill("")] : regimens;
    const made = slots.map((name, at) => this.#chooser(name, at, slots.length > 2));
    if (slots.length >= MOST || regimens.length < 2) return made;
    const add = button("Add a regimen", () => {
      add.replaceWith(this.#chooser("", slots.length, false));
      part("regimens").querySelector<HTMLElement>("label:last-of-type select")?.focus();
    });
    return [...made, add];
  }

  #chooser(chosen: string, at: number, canGo: boolean): HTMLElement {
    const label = element("label", "compare-regimen");
    const select = document.createElement("select");
    const title = `Regimen ${"ABCD"[at] ?? ""}`;
    const set = (name: string): void => {
      const kept = this.#choice.regimens.filter((one, place) => place !== at && one !== name);
      this.#choose({ regimens: name ? [...kept.slice(0, at), name, ...kept.slice(at)] : kept });
      part("regimens").querySelectorAll("select")[at]?.focus();
    };
    select.append(new Option("choose …", ""), ...options(this.data.regimens.tree(), ({ name }) => this.#evidence(name) > 0, ({ name }) => this.#evidence(name)));
    select.value = chosen;
    select.addEventListener("change", () => set(select.value));
    label.append(element("span", "", title), select);
    if (!canGo) return label;
    const box = element("div", "compare-slot");
    box.append(label, button("Remove", () => set(""), `Remove ${title}`));
    return box;
  }

  readonly #counts = new Map<string, number>();

  /** The number of figures and comparisons of a regimen, narrower ones included. */
  #evidence(name: string): number {
    const known = this.#counts.get(name);
    if (known !== undefined) return known;
    const within = this.data.regimens.within(name);
    const figures = this.data.figures.filter(({ regimen }) => within.has(regimen)).length;
    const found = figures + this.data.comparisons.filter((one) => within.has(one.ofRegimen) || within.has(one.versusRegimen)).length;
    this.#counts.set(name, found);
    return found;
  }

  *#endpoints(): Generator<HTMLElement> {
    const used = new Set([...this.data.figures, ...this.data.comparisons].map(({ endpoint }) => endpoint));
    const bar = element("div", "chosen-bar");
    bar.append(
      button("Main results", () => this.#choose({ endpoints: [] })),
      button("All", () => this.#choose({ endpoints: ["all"] })),
    );
    yield bar;
    const list = element("div", "facet-list");
    Object.assign(list, { role: "group", ariaLabel: "Endpoints" });
    for (const { term, depth } of this.data.endpoints.tree()) {
      if (![...this.data.endpoints.within(term.name)].some((name) => used.has(name))) continue;
      const label = element("label", "facet-line");
      const box = document.createElement("input");
      Object.assign(box, { type: "checkbox", value: term.name });
      box.addEventListener("change", () => this.#tick());
      label.style.paddingInlineStart = `${depth * 0.75}em`;
      label.append(box, element("span", "facet-text", term.label));
      list.append(label);
    }
    yield list;
  }

  #tick(): void {
    const boxes = [...part("endpoints").querySelectorAll<HTMLInputElement>("input:checked")];
    this.#choose({ endpoints: boxes.map(({ value }) => value) });
  }

  #known(): HTMLElement {
    const list = element("ul", "columns");
    for (const { pair, times } of this.data.known()) {
      const item = element("li");
      const params = new URLSearchParams(pair.map((name) => ["regimen", name]));
      if (!times) params.set("parts", "1");
      item.append(link(`#${params.toString()}`, pair.map((name) => this.data.regimens.label(name)).join(" and ")));
      list.append(item);
    }
    return list;
  }
}

function* options(tree: Iterable<{ term: Term; depth: number }>, isUsed: (term: Term) => boolean, number?: (term: Term) => number): Generator<HTMLOptionElement> {
  for (const { term, depth } of tree) {
    if (!isUsed(term)) continue;
    const tail = number ? ` (${count(number(term))})` : "";
    yield new Option(`${"\u00a0\u00a0".repeat(depth)}${term.label}${tail}`, term.name);
  }
}

/** Counts what is shown: comparisons within studies, across them, and results by study. */
function counted(answer: HTMLElement): string {
  const rows = (kind: string): number => answer.querySelectorAll(`table.${kind} tbody tr`).length;
  const figures = answer.querySelectorAll(".one-figure").length; // those that a judgement set aside too
  const counts = [
    `${rows("direct") || "no"} direct ${rows("direct") === 1 ? "comparison" : "comparisons"}`,
    `${rows("indirect") || "no"} indirect`,
    `${figures || "no"} ${figures === 1 ? "result" : "results"} by study`,
  ];
  return counts.join(", ");
}

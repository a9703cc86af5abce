// Results by study as a matrix: endpoints and denominators in rows, regimens in columns.
import type { Choice, Compared, Entry, Figure, Hidden } from "./compared";
import { aside, type Entries, isAside, preferred } from "./entries";
import { foldable, reach } from "./folding";
import { button, cell, grid, rowHead } from "./grid";
import { count, element } from "./table";
import type { Shown } from "./taken";
import { differences, unlike } from "./unlike";

/** A figure with the chosen regimens that it is of, and why it is not shown. */
interface Placed {
  readonly figure: Figure;
  readonly columns: readonly string[];
  readonly hidden: Hidden;
}

export class Matrix {
  readonly #opened = new Set<string>();

  constructor(
    readonly data: Compared,
    readonly entries: Entries,
    readonly show: (change: Partial<Choice>) => void,
  ) {}

  draw(choice: Choice, hiding: (entry: Entry) => Hidden, shown: Shown[]): HTMLElement {
    const part = element("section", "compare-figures");
    const placed = this.#placed(choice, hiding);
    const within = placed.filter(({ hidden }) => hidden !== "endpoint");
    const groups = this.data.ordered(choice).flatMap((name) => {
      const every = within.filter(({ figure }) => figure.endpoint === name);
      const found = every.filter(({ hidden }) => !hidden).map(({ figure }) => figure);
      shown.push(...found.map((entry) => ({ nature: "figure", entry }) as const));
      return every.length ? [[[this.#group(name, found)], ...this.#rows(every, choice)]] : [];
    });
    const intro = "Each as its study reports it. Not a head-to-head comparison unless a row names one study: read the differences between the studies first.";
    part.append(element("h2", "", "Results by study"), element("p", "legend", within.length ? intro : "Not reported for these regimens and endpoints."));
    const heads = ["Endpoint and denominator", ...choice.regimens.map((name) => this.data.regimens.label(name))];
    if (groups.length) {
      const table = grid("Results by study", heads, groups, "single");
      foldable(table, choice.endpoints.length ? choice.endpoints : this.data.written.main, this.#opened);
      part.append(table);
    }
    part.append(...this.#without(choice, placed), ...this.#others(placed));
    return part;
  }

  #placed({ regimens }: Choice, hiding: (entry: Entry) => Hidden): Placed[] {
    return this.data.figures.flatMap((figure) => {
      const columns = this.data.among(figure.regimen, regimens);
      return columns.length ? [{ figure, columns, hidden: hiding(figure) }] : [];
    });
  }

  /** The head of an endpoint, with the differences between the studies below it. */
  #group(endpoint: string, found: readonly Figure[]): HTMLElement {
    const { written, endpoints } = this.data;
    const head = element("th", "of-endpoint");
    head.setAttribute("role", "rowheader");
    head.setAttribute("scope", "rowgroup");
    head.dataset["endpoint"] = endpoint;
    head.append(element("h3", "", endpoints.label(endpoint)), ...unlike(written, differences(written, (name) => endpoints.plain(name), found)));
    return head;
  }

  // --- rows -----------------------------------------------------------------------------------

  /** Rows with a figure, those of one study that gave several of the regimens first; then one for the rest. */
  #rows(every: readonly Placed[], choice: Choice): HTMLElement[][] {
    const rows = new Map<string, Placed[]>();
    for (const one of every) rows.set(one.figure.row[1], [...(rows.get(one.figure.row[1]) ?? []), one]);
    const rank = (all: readonly Placed[]): number => all[0]?.figure.row[0] ?? 0;
    const sorted = [...rows].sort(([a, ofA], [b, ofB]) => rank(ofA) - rank(ofB) || a.localeCompare(b, "en", { numeric: true }));
    const [seen, unseen] = [sorted.filter(([, all]) => all.some(({ hidden }) => !hidden)), sorted.filter(([, all]) => all.every(({ hidden }) => hidden))];
    const rest = unseen.flatMap(([, all]) => all);
    return [...seen.flatMap(([name, all]) => this.#split(name, all, choice)), ...(rest.length ? [this.#row(rowHead("Other results"), rest, choice)] : [])];
  }

  #split(name: string, all: readonly Placed[], choice: Choice): HTMLElement[][] {
    const together = [...new Set(all.map(({ figure }) => figure.study))].filter((study) => {
      const own = all.filter(({ figure, hidden }) => !hidden && figure.study === study && !isAside(figure));
      return new Set(own.flatMap(({ columns }) => columns)).size > 1;
    });
    const isOf = (study: string) => (one: Placed): boolean => one.figure.study === study;
    const rest = all.filter(({ figure }) => !together.includes(figure.study));
    const apart = together.length ? [element("span", "detail", "other studies, each alone")] : [];
    return [
      ...together.map((study) => this.#row(this.#together(name, study), all.filter(isOf(study)), choice)),
      ...(rest.length ? [this.#row(rowHead(name, ...apart), rest, choice)] : []),
    ];
  }

  #together(name: string, study: string): HTMLElement {
    const nature = this.data.written.studies[study]?.[2] ?? "direct";
    const of = element("span", "of-study");
    of.append(...this.entries.study(study));
    const marks = { direct: "same study", indirect: "indirect", statement: "stated" };
    return rowHead(name, of, element("span", `badge ${nature}`, marks[nature]));
  }

  #row(head: HTMLElement, all: readonly Placed[], choice: Choice): HTMLElement[] {
    return [head, ...choice.regimens.map((regimen) => this.#cell(all.filter(({ columns }) => columns.includes(regimen)), choice))];
  }

  /** A cell of one regimen: a filter never makes its results look as if there were none. */
  #cell(all: readonly Placed[], choice: Choice): HTMLElement {
    const made = cell();
    const shown = preferred(all.filter(({ hidden }) => !hidden).map(({ figure }) => figure));
    const not = shown.filter(isAside);
    const endpoint = all[0]?.figure.endpoint ?? "";
    made.append(...this.#studies(shown.filter((one) => !isAside(one))));
    made.append(...aside(not.length, "value", ...this.#studies(not)));
    const number = (kind: Hidden): number => all.filter(({ hidden }) => hidden === kind).length;
    const parts = [...new Set([...choice.parts, endpoint])];
    made.append(...this.#hidden(number("part"), "in subgroups or categories", { parts }, endpoint));
    made.append(...this.#hidden(number("population"), "in other populations", { population: "", parts }, endpoint));
    if (!all.length) made.append(element("span", "compare-empty", "not reported"));
    return made;
  }

  #hidden(number: number, where: string, change: Partial<Choice>, endpoint: string): HTMLElement[] {
    if (!number) return [];
    const made = button(`${results(number)} ${where}: show`, () => {
      this.show(change);
      reach(endpoint);
    });
    made.dataset["hidden"] = String(number);
    return [made];
  }

  /** The figures of a cell under the names of their studies. */
  #studies(figures: readonly Figure[]): HTMLElement[] {
    return [...new Set(figures.map(({ study }) => study))].map((study) => {
      const box = element("div", "one-study");
      const head = element("div", "of-study");
      head.append(...this.entries.study(study));
      const own = figures.filter((one) => one.study === study);
      // A count without its denominator does not lead.
      const bare = (one: Figure): boolean => one.whole === "denominator not reported";
      box.append(head, ...[...own.filter((one) => !bare(one)), ...own.filter(bare)].map((one) => this.#figure(one)));
      return box;
    });
  }

  #figure(one: Figure): HTMLElement {
    const box = element("div", "one-figure");
    const line = element("div", "the-figure");
    line.append(this.entries.opening(one, one.claims, one.text));
    if (one.whole) line.append(" ", element("span", "detail-inline", one.whole));
    if (one.about) line.append(` ${one.about} ·`);
    line.append(" ", element("span", "whom", one.who));
    if (one.differs) line.append(" · ", element("span", "unlike", "sources report different values"));
    box.append(line);
    if (one.derived) {
      const derived = element("div", "derived", `derived 95% CI${one.derivedOf === null ? "" : ` (n = ${one.derivedOf})`}: ${one.derived}`);
      derived.title = one.method;
      box.append(derived);
    }
    box.append(this.entries.company(one, [...this.entries.sources(one), " · "]), ...this.entries.judged(one));
    return box;
  }

  // --- what is not in the table ------------------------------------------------------------------

  /** The chosen endpoints of which no study reports anything for these regimens. */
  #without({ endpoints }: Choice, placed: readonly Placed[]): HTMLElement[] {
    const reported = new Set(placed.map(({ figure }) => figure.endpoint));
    const none = endpoints.filter((name) => name !== "all" && ![...this.data.endpoints.within(name)].some((one) => reported.has(one)));
    return none.length && placed.length ? [element("p", "compare-rest", `Not reported for these regimens: ${none.map((name) => this.data.endpoints.plain(name)).join(", ")}.`)] : [];
  }

  #others(placed: readonly Placed[]): HTMLElement[] {
    const others = placed.filter(({ hidden }) => hidden === "endpoint");
    if (!others.length) return [];
    const endpoints = new Set(others.map(({ figure }) => figure.endpoint)).size;
    const line = element("p", "compare-rest", `${results(others.length)} of ${endpoints} other ${endpoints === 1 ? "endpoint" : "endpoints"}. `);
    const all = button("Show all endpoints", () => this.show({ endpoints: ["all"] }));
    all.dataset["hidden"] = String(others.length);
    line.append(all);
    return [line];
  }
}

function results(number: number): string {
  return `${count(number)} ${number === 1 ? "result" : "results"}`;
}

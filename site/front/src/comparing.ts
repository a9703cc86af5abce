// The comparison as tables: what studies compare first, then results by study side by side.
import type { Choice, Compared, Comparison, Entry, Hidden, Nature, Pair } from "./compared";
import { pairs } from "./compared";
import { aside, Entries, isAside, preferred } from "./entries";
import { jumps } from "./folding";
import { button, cell, grid, rowHead } from "./grid";
import { Matrix } from "./matrix";
import { element } from "./table";
import type { Shown } from "./taken";
import { differences, unlike } from "./unlike";

const HEADS: Readonly<Record<Nature, readonly [title: string, about: string]>> = {
  direct: ["Compared within a study", "Head to head: both regimens were given in the study that compares them. A comparison is marked randomised only where patients were randomised between them."],
  indirect: ["Compared across studies", "Indirect: the regimens were given in different studies, and a model or matching compares them."],
  statement: ["Stated without a study", "A source states this and names no study for it."],
};

export class Comparing {
  readonly #entries: Entries;
  readonly #matrix: Matrix;

  constructor(
    readonly data: Compared,
    root: string,
    /** Shows more: other endpoints, populations, or subgroups. */
    readonly show: (change: Partial<Choice>) => void,
  ) {
    this.#entries = new Entries(data, root);
    this.#matrix = new Matrix(data, this.#entries, show);
  }

  /** What was drawn last, in page order. */
  readonly shown: Shown[] = [];

  draw(choice: Choice): HTMLElement[] {
    this.shown.length = 0;
    const hiding = this.data.hiding(choice);
    const drawn = [
      this.#section("direct", choice, hiding),
      this.#section("indirect", choice, hiding),
      this.#matrix.draw(choice, hiding, this.shown),
      this.#section("statement", choice, hiding),
    ].filter((part) => part.childElementCount > 0);
    return [...jumps(drawn), ...drawn];
  }

  #section(nature: Nature, choice: Choice, hiding: (entry: Entry) => Hidden): HTMLElement {
    const { regimens } = choice;
    const part = element("section", `compare-${nature}`);
    const [title, about] = HEADS[nature];
    const every = pairs(regimens);
    const found = every.map((pair) => ({ pair, all: this.data.of(pair, regimens, nature) }));
    if (nature !== "direct" && !found.some(({ all }) => all.length)) return part;
    part.append(element("h2", "", title), element("p", "legend", about));
    for (const { pair, all } of found) {
      if (nature !== "direct" && !all.length) continue;
      if (every.length > 1) part.append(element("h3", "", this.#pair(pair)));
      part.append(...this.#comparisons(pair, nature, choice, all, all.filter((entry) => !hiding(entry))));
    }
    return part;
  }

  #comparisons(pair: Pair, nature: Nature, choice: Choice, all: readonly Comparison[], shown: readonly Comparison[]): HTMLElement[] {
    if (!all.length) return [element("p", "compare-none", `No study here compares these directly: ${this.#pair(pair)}.`)];
    const hidden = all.length - shown.length;
    const rest = hidden ? [this.#rest(hidden, shown.length > 0)] : [];
    const places = new Map(this.data.ordered(choice).map((name, at) => [name, at]));
    const sorted = preferred([...shown].sort((a, b) => (places.get(a.endpoint) ?? 0) - (places.get(b.endpoint) ?? 0)));
    const [kept, not] = [sorted.filter((one) => !isAside(one)), sorted.filter(isAside)];
    this.shown.push(...[...kept, ...not].map((entry) => ({ nature, entry })));
    const tables = [kept, not].map((entries) => (entries.length ? [this.#table(entries, nature, pair, choice.regimens)] : []));
    return [...this.#unlike(shown), ...(tables[0] ?? []), ...aside(not.length, "comparison", ...(tables[1] ?? [])), ...rest];
  }

  #rest(hidden: number, isMore: boolean): HTMLElement {
    const what = `${hidden} ${isMore ? "more " : ""}${hidden === 1 ? "comparison" : "comparisons"}`;
    const part = element("p", "compare-rest", isMore ? `${what} of other endpoints, populations or subgroups. ` : `None for this population and these endpoints, but ${what} of others or of subgroups. `);
    part.append(button("Show all", () => this.show({ population: "", endpoints: ["all"], parts: ["all"] })));
    return part;
  }

  #pair([one, two]: Pair): string {
    return `${this.data.regimens.label(one)} and ${this.data.regimens.plain(two)}`;
  }

  // --- a comparison ---------------------------------------------------------------------------

  #table(entries: readonly Comparison[], nature: Nature, pair: Pair, chosen: readonly string[]): HTMLElement {
    const rows = entries.map((entry) => {
      const isTurned = !this.data.among(entry.ofRegimen, chosen).includes(pair[0]) || !this.data.among(entry.versusRegimen, chosen).includes(pair[1]);
      const sides = [this.#side(entry, 0), this.#side(entry, 1)];
      return [this.#head(entry, nature), ...(isTurned ? sides.reverse() : sides), this.#result(entry), this.#places(entry)];
    });
    const heads = ["Endpoint and study", ...pair.map((name) => this.data.regimens.label(name)), "Comparison", "Where"];
    const title = `${HEADS[nature][0]}${entries.every(isAside) ? ", set aside" : ""}: ${this.#pair(pair)}`;
    return grid(title, heads, [rows], `compared ${nature}`);
  }

  #head(entry: Comparison, nature: Nature): HTMLElement {
    const about = entry.about ? [element("span", "detail", entry.about)] : [];
    const study = element("span", "of-study");
    study.append(...this.#entries.study(entry.study));
    return rowHead(element("b", "", this.data.endpoints.label(entry.endpoint)), ...about, study, element("span", `badge ${nature}`, entry.badge));
  }

  /** The value of one group, only as it was printed with the comparison. */
  #side(entry: Comparison, at: number): HTMLElement {
    const made = cell("side");
    const [text, claims] = entry.sides[at] ?? ["", []];
    if (text) made.append(this.#entries.opening(entry, claims, text));
    else made.append(element("span", "compare-empty", "no value given with this comparison"));
    made.append(element("span", "detail", at ? entry.versus : entry.who));
    return made;
  }

  #result(entry: Comparison): HTMLElement {
    const made = cell("result");
    const text = entry.parts.map(([, part]) => part).filter(Boolean).join("; ") || entry.printed[0] || entry.noted[0] || "";
    made.append(this.#entries.opening(entry, entry.claims, text), element("span", "detail", `${entry.who} vs ${entry.versus}`));
    for (const printed of entry.printed) if (printed !== text) made.append(element("q", "detail print", printed));
    made.append(...this.#noted(entry, text), this.#entries.company(entry), ...this.#entries.judged(entry));
    return made;
  }

  /** What was noted from a summary, in the words of a curator. */
  #noted({ noted, notedFrom }: Comparison, text: string): HTMLElement[] {
    const others = noted.filter((one) => one !== text);
    if (!others.length) return [];
    const box = element("details", "why");
    box.append(element("summary", "", "Noted from a summary"), ...others.map((one) => element("p", "", one)), element("p", "", `From ${notedFrom.join("; ")}.`));
    return [box];
  }

  #places(entry: Entry): HTMLElement {
    const made = cell("where");
    made.append(...this.#entries.sources(entry, true));
    return made;
  }

  #unlike(entries: readonly Entry[]): HTMLElement[] {
    const { written, endpoints } = this.data;
    return unlike(written, differences(written, (endpoint) => endpoints.plain(endpoint), entries));
  }
}

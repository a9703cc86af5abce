// The tables of a comparison: what studies compare first, then results by study side by side.
import type { Choice, Compared, Comparison, Entry, Figure, Nature, Pair } from "./compared";
import { pairs } from "./compared";
import { link } from "./listing";
import { element } from "./table";
import type { Shown } from "./taken";
import { differences, unlike } from "./unlike";

const HEADS: Readonly<Record<Nature, readonly [title: string, about: string]>> = {
  direct: ["Compared within a study", "Both regimens were given in the study that compares them. A comparison is marked randomised only where patients were randomised between them."],
  indirect: ["Compared across studies", "Indirect: the regimens were given in different studies, and a model or matching compares them."],
  statement: ["Stated without a study", "A source states this and names no study for it."],
};

export class Comparing {
  constructor(
    readonly data: Compared,
    readonly root: string,
    /** Shows every endpoint, population and subgroup. */
    readonly showAll: () => void,
    /** Shows every population and subgroup of the chosen endpoints. */
    readonly showParts: () => void,
  ) {}

  /** What was drawn last, in page order. */
  readonly shown: Shown[] = [];

  draw(choice: Choice): HTMLElement[] {
    this.shown.length = 0;
    const fits = this.data.fits(choice);
    return [
      this.#section("direct", choice, fits),
      ...(["indirect", "statement"] as const).map((nature) => this.#section(nature, choice, fits)),
      this.#figures(choice, fits),
    ].filter((part) => part.childElementCount > 0);
  }

  // --- comparisons --------------------------------------------------------------------------

  #section(nature: Nature, choice: Choice, fits: (entry: Entry) => boolean): HTMLElement {
    const part = element("section", `compare-${nature}`);
    const [title, about] = HEADS[nature];
    const every = pairs(choice.regimens);
    const found = every.map((pair) => ({ pair, all: this.data.of(pair, choice.regimens, nature) }));
    if (nature !== "direct" && !found.some(({ all }) => all.length)) return part;
    part.append(element("h2", "", title), element("p", "legend", about));
    for (const { pair, all } of found) {
      if (nature !== "direct" && !all.length) continue;
      if (every.length > 1) part.append(element("h3", "", this.#pair(pair)));
      part.append(...this.#comparisons(pair, nature, all, all.filter(fits)));
    }
    return part;
  }

  #comparisons(pair: Pair, nature: Nature, all: readonly Comparison[], shown: readonly Comparison[]): HTMLElement[] {
    if (!all.length) return [element("p", "compare-none", `No study here compares these directly: ${this.#pair(pair)}.`)];
    const hidden = all.length - shown.length;
    const rest = hidden ? [this.#rest(hidden, shown.length > 0)] : [];
    if (!shown.length) return rest;
    return [...this.#unlike(shown), this.#table(shown, nature, pair), ...rest];
  }

  #rest(hidden: number, isMore: boolean): HTMLElement {
    const what = `${hidden} ${isMore ? "more " : ""}${hidden === 1 ? "comparison" : "comparisons"}`;
    const part = element("p", "compare-rest", isMore ? `${what} of other endpoints, populations or subgroups. ` : `None for this population and these endpoints, but ${what} of others or of subgroups. `);
    const button = element("button", "chosen-button", "Show all");
    button.setAttribute("type", "button");
    button.addEventListener("click", this.showAll);
    part.append(button);
    return part;
  }

  #pair([one, two]: Pair): string {
    return `${this.data.regimens.label(one)} and ${this.data.regimens.plain(two)}`;
  }

  #table(shown: readonly Comparison[], nature: Nature, pair: Pair): HTMLElement {
    const heads = ["Study", "Endpoint", "Comparison", "Where"];
    const rows = preferred(shown).map((entry) => {
      const cells = [this.#study(entry, nature), this.#endpoint(entry), this.#result(entry), this.#places(entry)];
      // On a phone each row is a card, whose lines have no heads above them.
      for (const [at, cell] of cells.entries()) cell.dataset["column"] = heads[at] ?? "";
      return cells;
    });
    this.shown.push(...preferred(shown).map((entry) => ({ nature, entry })));
    return table(`${HEADS[nature][0]}: ${this.#pair(pair)}`, heads, rows, `compared ${nature}`);
  }

  #study(entry: Comparison, nature: Nature): HTMLElement {
    const cell = element("th");
    cell.setAttribute("scope", "row");
    cell.append(...this.#named(entry), element("span", "detail", `${entry.who} vs ${entry.versus}`));
    cell.append(element("span", `badge ${nature}`, entry.badge));
    return cell;
  }

  #named({ study }: Entry): HTMLElement[] {
    const [name = study, design = ""] = this.data.written.studies[study] ?? [];
    return [link(`${this.root}study/${study}/`, name), element("span", "detail", design)];
  }

  #endpoint({ endpoint, about }: Entry): HTMLElement {
    const cell = element("td");
    cell.append(this.data.endpoints.label(endpoint), ...(about ? [element("span", "detail", about)] : []));
    return cell;
  }

  #result(entry: Comparison): HTMLElement {
    const cell = element("td");
    const text = [entry.values, ...entry.parts.map(([, part]) => part)].filter(Boolean).join("; ") || entry.printed[0] || entry.noted[0] || "";
    cell.append(this.#opening(entry, text));
    for (const printed of entry.printed) if (printed !== text) cell.append(element("q", "detail print", printed));
    for (const noted of entry.noted) if (noted !== text) cell.append(element("span", "detail print", `noted from ${entry.notedFrom.join("; ")}: ${noted}`));
    cell.append(...this.#company(entry));
    cell.append(...this.#judged(entry));
    return cell;
  }

  // --- results by study -----------------------------------------------------------------------

  #figures(choice: Choice, fits: (entry: Entry) => boolean): HTMLElement {
    const part = element("section", "compare-figures");
    const wide = this.data.fits({ ...choice, population: "", parts: true });
    const of = new Map<Figure, string[]>();
    for (const figure of this.data.figures) {
      const columns = wide(figure) ? this.data.among(figure.regimen, choice.regimens) : [];
      if (columns.length) of.set(figure, columns);
    }
    part.append(element("h2", "", "Results by study"));
    const intro = "Each as its study reports it. Not a head-to-head comparison: read the differences between the studies first.";
    part.append(element("p", "legend", of.size ? intro : "Not reported for these regimens and endpoints."));
    for (const { name, label } of this.data.written.endpoints) {
      const every = [...of.keys()].filter(({ endpoint }) => endpoint === name);
      const found = every.filter(fits);
      this.shown.push(...found.map((entry) => ({ nature: "figure", entry }) as const));
      if (every.length) part.append(element("h3", "", label), ...this.#unlike(found), this.#grid(label, every, found, of, choice));
    }
    return part;
  }

  #grid(title: string, every: readonly Figure[], found: readonly Figure[], of: ReadonlyMap<Figure, string[]>, { regimens, population }: Choice): HTMLElement {
    const rows = new Map<string, Figure[]>();
    for (const one of found) rows.set(rowOf(one), [...(rows.get(rowOf(one)) ?? []), one]);
    const lines = [...rows].sort(([a], [b]) => order(a, b)).map(([name, figures]) => {
      return [rowHead(name), ...regimens.map((regimen) => this.#column(figures.filter((one) => of.get(one)?.includes(regimen)), regimen))];
    });
    const hidden = regimens.map((regimen) => every.filter((one) => !found.includes(one) && of.get(one)?.includes(regimen)).length);
    if (hidden.some(Boolean)) {
      const where = population ? "in subgroups or other populations" : "in subgroups or categories";
      lines.push([rowHead("Not shown"), ...hidden.map((number, at) => this.#hidden(number, where, regimens[at] ?? ""))]);
    }
    return table(title, ["", ...regimens.map((name) => this.data.regimens.label(name))], lines, "single");
  }

  /** A filter never makes results look as if there were none. */
  #hidden(number: number, where: string, regimen: string): HTMLElement {
    const cell = element("td");
    cell.dataset["regimen"] = this.data.regimens.label(regimen);
    if (!number) return cell;
    const button = element("button", "chosen-button", `${number} ${number === 1 ? "result" : "results"} ${where}: show`);
    button.setAttribute("type", "button");
    button.addEventListener("click", this.showParts);
    cell.append(button);
    return cell;
  }

  #column(figures: readonly Figure[], regimen: string): HTMLElement {
    const cell = element("td");
    cell.dataset["regimen"] = this.data.regimens.label(regimen);
    if (!figures.length) cell.append(element("span", "compare-empty", "not reported in this row"));
    cell.append(...preferred(figures).map((one) => this.#figure(one)));
    return cell;
  }

  #figure(one: Figure): HTMLElement {
    const box = element("div", "one-figure");
    const line = element("div", "the-figure");
    line.append(this.#opening(one, one.text));
    if (one.differs) line.append(" ", element("span", "unlike", "≠ sources report different values"));
    box.append(line);
    if (one.derived) {
      const derived = element("div", "derived", `derived 95% CI${one.derivedOf === null ? "" : ` (n = ${one.derivedOf})`}: ${one.derived}`);
      derived.title = one.method;
      box.append(derived);
    }
    const about = element("div", "detail");
    const [name = one.study] = this.data.written.studies[one.study] ?? [];
    about.append(link(`${this.root}study/${one.study}/`, name), ` · ${one.who} · `, ...this.#sources(one));
    box.append(about, ...this.#company(one), ...this.#judged(one));
    return box;
  }

  // --- shared by both ------------------------------------------------------------------------

  /** What belongs to a figure: its analysis set, the publications cited, and whether it was verified. */
  #company(entry: Entry): HTMLElement[] {
    const line = element("div", "detail");
    const checks = entry.checks.map(([mark, claims]) => (entry.claims.length > 1 ? `${mark} ×${claims}` : mark));
    line.append([entry.context, checks.join(" ")].filter(Boolean).join(" · "));
    if (entry.notedFrom.length) line.title = `noted from ${entry.notedFrom.join("; ")}`;
    entry.cited.forEach(([name, text], at) => line.append(at ? ", " : " · cited ", link(`${this.root}publication/${name}/`, text)));
    for (const text of entry.misprints) line.append(` (the source prints the reference ${text})`);
    return [line];
  }

  #unlike(entries: readonly Entry[]): HTMLElement[] {
    return unlike(differences(this.data.written, (endpoint) => this.data.endpoints.plain(endpoint), entries));
  }

  #opening({ study, claims, standing }: Entry, text: string): HTMLElement {
    const anchor = link(`${this.root}study/${study}/#${claims[0] ?? ""}`, text);
    anchor.dataset["claims"] = claims.map((claim) => `${study}#${claim}`).join(" ");
    if (standing === "set-aside") anchor.className = "is-set-aside";
    return anchor;
  }

  #judged({ standing, reasons }: Entry): HTMLElement[] {
    if (!standing && !reasons.length) return [];
    const box = element("details", "why");
    box.append(element("summary", `choice ${standing}`, standing ? standing.replace("-", " ") : "discrepancy"));
    for (const [finding, text] of reasons) {
      const line = element("p", "", `${text} `);
      line.append(link(`${this.root}study/${finding}`, "The discrepancy"));
      box.append(line);
    }
    return [box];
  }

  #places(entry: Entry): HTMLElement {
    const cell = element("td", "where");
    cell.append(...this.#sources(entry, true));
    return cell;
  }

  *#sources({ places }: Entry, withSection = false): Generator<HTMLElement | string> {
    for (const [at, [source, section, anchor]] of places.entries()) {
      if (at) yield ", ";
      const name = this.data.written.sources[source] ?? source;
      yield link(`${this.root}source/${source}/#${anchor}`, withSection ? `${name}, ${section}` : name);
    }
  }
}

/** Sorts, within a study and endpoint: figures preferred by a judgement first, set-aside ones last. */
function preferred<T extends Entry>(entries: readonly T[]): T[] {
  const places = new Map<string, number>();
  const key = ({ study, endpoint }: Entry): string => `${study} ${endpoint}`;
  for (const entry of entries) if (!places.has(key(entry))) places.set(key(entry), places.size);
  const rank = ({ standing }: Entry): number => ["preferred", "", "disputed", "set-aside"].indexOf(standing);
  return [...entries].sort((a, b) => (places.get(key(a)) ?? 0) - (places.get(key(b)) ?? 0) || rank(a) - rank(b));
}

function rowOf({ kind, about, among }: Figure): string {
  return [kind, among, about].filter(Boolean).join(" · ");
}

function rowHead(text: string): HTMLElement {
  const head = element("th", "", text);
  head.setAttribute("scope", "row");
  return head;
}

function order(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}

function table(title: string, heads: readonly string[], rows: readonly (readonly HTMLElement[])[], kind: string): HTMLElement {
  const box = element("div", "scroll");
  const made = element("table", kind);
  const head = element("tr");
  Object.assign(box, { tabIndex: 0, role: "region", ariaLabel: title });
  head.append(
    ...heads.map((text) => {
      const cell = element(text ? "th" : "td", "", text);
      if (text) cell.setAttribute("scope", "col");
      return cell;
    }),
  );
  const top = element("thead");
  const body = element("tbody");
  top.append(head);
  body.append(
    ...rows.map((cells) => {
      const line = element("tr");
      line.append(...cells);
      return line;
    }),
  );
  made.append(top, body);
  box.append(made);
  return box;
}

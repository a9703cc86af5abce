// The rows of the forest-plot builder: what can be ticked, in which order, under which headings.
import { at, type Packed } from "./packed";

export interface Kind {
  readonly name: string;
  readonly endpoint: string;
  readonly title: string;
  readonly scale: "share" | "linear" | "log";
  readonly axis: string;
  readonly favours: readonly [string, string];
}

export interface ForestRow {
  readonly id: string;
  readonly kind: string;
  /** Of whole arms, or of responders in them; others are subgroups. */
  readonly isMain: boolean;
  readonly isAside: boolean;
  /** The first figure of its measure that is not set aside, and of unlike treatments: it is ticked at first. */
  readonly isFirst: boolean;
  readonly study: string;
  readonly name: string;
  readonly label: string;
  readonly regimen: string;
  readonly versus: string;
  readonly drugs: readonly string[];
  readonly heading: string;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly isDerived: boolean;
  readonly isOpen: boolean;
  readonly isBeyond: boolean;
  readonly isRange: boolean;
  readonly text: string;
  readonly isValueDerived: boolean;
  readonly interval: string;
  readonly level: string;
  readonly count: number | null;
  readonly of: number | null;
  readonly ofSize: boolean;
  readonly method: string;
  readonly p: string;
  readonly check: string;
  readonly sources: readonly (readonly [publication: string, by: string])[];
  readonly year: number | "";
  readonly claims: readonly string[];
}

interface Publication {
  readonly short: string;
  readonly citation: string;
  readonly doi: string;
}

export interface WrittenForest {
  readonly base: string;
  readonly title: string;
  readonly updated: string;
  readonly kinds: readonly Kind[];
  readonly first: string;
  readonly headings: readonly string[];
  readonly drugs: Readonly<Record<string, string>>;
  readonly publications: Readonly<Record<string, Publication>>;
  readonly rows: Readonly<Record<keyof ForestRow, Packed<unknown>>>;
}

export type Grouping = "population" | "drug" | "year" | "none";
export type Ordering = "study" | "year" | "value";

/** What a reader chose; without rows, those that are offered are ticked. */
export interface Choice {
  readonly kind: string;
  readonly drugs: readonly string[];
  readonly group: Grouping;
  readonly order: Ordering;
  readonly shape: "wide" | "column";
  readonly parts: boolean;
  readonly aside: boolean;
  readonly rows: readonly string[] | null;
  readonly title: string;
}

export interface Section {
  readonly title: string;
  readonly rows: readonly ForestRow[];
}

export class Forest {
  readonly rows: readonly ForestRow[];
  readonly #kinds: ReadonlyMap<string, Kind>;

  constructor(readonly written: WrittenForest) {
    const names = Object.keys(written.rows) as (keyof ForestRow)[];
    const length = written.rows.id.codes.length;
    this.rows = Array.from({ length }, (_, row) => Object.fromEntries(names.map((name) => [name, at(written.rows[name], row)])) as unknown as ForestRow);
    this.#kinds = new Map(written.kinds.map((kind) => [kind.name, kind]));
  }

  kind(name: string): Kind | undefined {
    return this.#kinds.get(name);
  }

  /** The rows of a kind and drugs: not those set aside, nor of subgroups, unless chosen. */
  offered({ kind, drugs, parts, aside }: Choice): readonly ForestRow[] {
    return this.rows.filter((row) => row.kind === kind && (parts || row.isMain) && (aside || !row.isAside) && (!drugs.length || drugs.some((drug) => row.drugs.includes(drug))));
  }

  /** The ids that are ticked before anybody ticks. */
  usual(offered: readonly ForestRow[]): readonly string[] {
    return offered.filter(({ isFirst, isMain }) => isFirst && isMain).map(({ id }) => id);
  }

  /** The drugs of a kind with the number of their rows, the most frequent first. */
  drugs(kind: string): readonly (readonly [drug: string, rows: number])[] {
    const counts = new Map<string, number>();
    for (const row of this.rows) if (row.kind === kind && row.isMain) for (const drug of row.drugs) counts.set(drug, (counts.get(drug) ?? 0) + 1);
    return [...counts].sort((a, b) => b[1] - a[1]);
  }

  /** Ticked rows in order, under their headings. */
  sections(choice: Choice, ticked: readonly ForestRow[]): readonly Section[] {
    const found = new Map<string, ForestRow[]>();
    for (const row of this.#ordered(ticked, choice.order)) {
      const title = this.#heading(row, choice);
      found.set(title, [...(found.get(title) ?? []), row]);
    }
    const sections = [...found].map(([title, rows]) => ({ title, rows }));
    if (choice.group === "population") {
      const { headings } = this.written;
      sections.sort((a, b) => headings.indexOf(a.title) - headings.indexOf(b.title));
    } else if (choice.group !== "none") sections.sort((a, b) => (a.title < b.title ? -1 : 1));
    return sections;
  }

  #ordered(rows: readonly ForestRow[], order: Ordering): readonly ForestRow[] {
    if (order === "study") return rows;
    const key = (row: ForestRow): number => (order === "year" ? Number(row.year || 9999) : (row.value ?? row.low ?? Infinity));
    return [...rows].sort((a, b) => key(a) - key(b));
  }

  #heading(row: ForestRow, { group, drugs }: Choice): string {
    if (group === "population") return row.heading;
    if (group === "year") return String(row.year || "Year not stated");
    if (group === "none") return "";
    const own = drugs.length ? drugs.filter((drug) => row.drugs.includes(drug)) : [];
    return own.map((drug) => this.written.drugs[drug] ?? drug).join(" + ") || row.regimen || "Treatment not stated";
  }

  /** Who reports a row, as pictures name it: the report itself, else what cites it. */
  source(row: ForestRow): string {
    const own = row.sources.filter(([, by]) => !by);
    const shown = (own.length ? own : row.sources).slice(0, 2);
    return shown.map(([name, by]) => this.short(name) + (by ? ` (cited by ${this.short(by)})` : "")).join("; ");
  }

  short(publication: string): string {
    return this.written.publications[publication]?.short ?? publication;
  }

  /** The full references of rows, each once, in the order of their names. */
  references(rows: readonly ForestRow[]): readonly string[] {
    const names = new Set(rows.flatMap(({ sources }) => sources.slice(0, 2).flat()).filter(Boolean));
    const texts = [...names].map((name) => this.written.publications[name]).filter((one) => one !== undefined);
    return texts.map(({ citation, doi }) => (doi && !citation.includes(doi) ? `${citation.replace(/\.$/, "")}. doi:${doi}` : citation)).sort();
  }
}

/** The number of people: counted and of how many, as far as a source states them. */
export function people({ count, of, ofSize }: ForestRow): string {
  // Alone, a count would be taken for the size of the group.
  if (of === null) return count === null ? "" : `n = ${count}, N not reported`;
  return (count === null ? `N = ${of}` : `${count}/${of}`) + (ofSize ? "‡" : "");
}

/** The value and its interval; another level than 95% is named, a derived one has a dagger. */
export function figureText(row: ForestRow): string {
  const value = row.isValueDerived ? `${row.text}†` : row.text;
  if (!row.interval) return value;
  const level = row.level === "95% CI" ? "" : `${row.level} `;
  return `${value} (${level}${row.interval})${row.isDerived && !row.isValueDerived ? "†" : ""}`.trim();
}

export const COLUMNS = ["study", "name", "year", "group", "regimen", "versus", "population", "measure", "n", "of", "value", "low", "high", "level", "interval", "p", "source", "doi", "check", "claims"] as const;

/** The rows of a picture as a table for analysis: one row for each result. */
export function asRows(forest: Forest, kind: Kind, rows: readonly ForestRow[]): string[][] {
  return rows.map((row) => {
    const text = (value: number | string | null): string => String(value ?? "");
    const cells: Record<(typeof COLUMNS)[number], string> = {
      study: row.study,
      name: row.name,
      year: text(row.year),
      group: row.label,
      regimen: row.regimen,
      versus: row.versus,
      population: row.heading,
      measure: kind.title,
      n: text(row.count),
      of: text(row.of),
      value: text(row.value),
      low: text(row.low),
      high: text(row.high),
      level: row.level,
      interval: !row.interval ? "" : row.isDerived ? `derived: ${row.method}` : "printed",
      p: row.p,
      source: forest.source(row),
      doi: row.sources.slice(0, 1).map(([name]) => forest.written.publications[name]?.doi ?? "").join(""),
      check: row.check,
      claims: row.claims.map((claim) => `${row.study}#${claim}`).join(" "),
    };
    return COLUMNS.map((name) => cells[name]);
  });
}

/** A script that reads the table in R and draws it. */
export function asR(title: string, file: string, scale: Kind["scale"]): string {
  const log = scale === "log" ? ", transf = exp" : "";
  const given = scale === "log" ? "log(d$value), ci.lb = log(d$low), ci.ub = log(d$high)" : "d$value, ci.lb = d$low, ci.ub = d$high";
  return [
    `# ${title.replace(/\s+/g, " ")}`,
    '# install.packages("metafor")',
    `d <- read.csv("${file}", fileEncoding = "UTF-8-BOM")`,
    "d <- d[!is.na(d$value) & !is.na(d$low) & !is.na(d$high), ]",
    `metafor::forest(${given}, slab = paste(d$name, d$group, sep = ", ")${log})`,
    "",
  ].join("\n");
}

// The data of the comparison: the comparisons and figures that a choice of regimens selects.
import type { Packed } from "./packed";

export interface Term {
  readonly name: string;
  /** The label at the start of a line, and within one. */
  readonly label: string;
  readonly plain: string;
  readonly broader: readonly string[];
}

/** What comparisons and single figures have in common. */
export interface Entry {
  readonly study: string;
  readonly who: string;
  readonly endpoint: string;
  readonly populations: readonly string[];
  /** Whether it describes whole arms, cohorts or studies, and no category. */
  readonly isMain: boolean;
  readonly about: string;
  /** The analysis set and the data cut, where printed. */
  readonly context: string;
  /** The publications that a second-hand figure is cited from. */
  readonly cited: readonly (readonly [publication: string, name: string])[];
  /** What is wrong with the reference numbers as printed. */
  readonly misprints: readonly string[];
  /** The states of verification, each with the number of its claims. */
  readonly checks: readonly (readonly [mark: string, claims: number])[];
  readonly notedFrom: readonly string[];
  readonly claims: readonly string[];
  readonly places: readonly (readonly [source: string, section: string, anchor: string])[];
  readonly standing: string;
  readonly reasons: readonly (readonly [finding: string, text: string])[];
  readonly profiles: readonly number[];
}

export type Nature = "direct" | "indirect" | "statement";

export interface Comparison extends Entry {
  readonly nature: Nature;
  /** The kind of comparison, as in the network of regimens: randomised, indirect … */
  readonly badge: string;
  readonly versus: string;
  readonly ofRegimen: string;
  readonly versusRegimen: string;
  /** The values of both groups that were printed with the comparison, with their claims; none where it stands alone. */
  readonly sides: readonly (readonly [text: string, claims: readonly string[]])[];
  readonly parts: readonly (readonly [kind: string, text: string])[];
  readonly printed: readonly string[];
  /** In place of printed, where only a summary of the source was read. */
  readonly noted: readonly string[];
}

export interface Figure extends Entry {
  readonly regimen: string;
  readonly kind: string;
  /** The row of the matrix: its place, and the denominator of a share, its landmark, or the statistic. */
  readonly row: readonly [rank: number, name: string];
  readonly text: string;
  readonly differs: boolean;
  /** The denominator, where it is printed with the figure. */
  readonly of: number | null;
  /** How many people the figure is about, in words, where it does not show that itself. */
  readonly whole: string;
  readonly among: string;
  readonly derived: string;
  readonly derivedOf: number | null;
  readonly method: string;
}

type Said = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface WrittenCompared {
  readonly base: string;
  readonly regimens: readonly Term[];
  readonly populations: readonly Term[];
  readonly endpoints: readonly Term[];
  readonly main: readonly string[];
  /** What is compared where the address names nothing. */
  readonly start: readonly { readonly regimens: readonly string[]; readonly endpoints: readonly string[] }[];
  readonly studies: Readonly<Record<string, readonly [name: string, design: string, nature: Nature]>>;
  readonly sources: Readonly<Record<string, string>>;
  readonly comparisons: Readonly<Record<string, Packed<unknown>>>;
  readonly figures: Readonly<Record<string, Packed<unknown>>>;
  readonly respects: readonly string[];
  readonly profiles: readonly (readonly string[])[];
  readonly definitions: Said;
  readonly background: Said;
  readonly unsaid: string;
}

/** The terms of a scheme with their hierarchy. */
export class Scheme {
  readonly #terms: ReadonlyMap<string, Term>;
  readonly #within = new Map<string, Set<string>>();

  constructor(readonly terms: readonly Term[]) {
    this.#terms = new Map(terms.map((term) => [term.name, term]));
    for (const { name } of terms) {
      const wider = new Set([name]);
      for (const one of wider) for (const above of this.#terms.get(one)?.broader ?? []) wider.add(above);
      for (const one of wider) this.#within.set(one, (this.#within.get(one) ?? new Set()).add(name));
    }
  }

  has(name: string): boolean {
    return this.#terms.has(name);
  }

  label(name: string): string {
    return this.#terms.get(name)?.label ?? name;
  }

  plain(name: string): string {
    return this.#terms.get(name)?.plain ?? name;
  }

  /** The term and all that are narrower. */
  within(name: string): ReadonlySet<string> {
    return this.#within.get(name) ?? new Set([name]);
  }

  /** The terms with their depth; each follows the first broader one. */
  *tree(): Generator<{ term: Term; depth: number }> {
    const { terms } = this;
    const seen = new Set<string>();
    function* walk(term: Term, depth: number): Generator<{ term: Term; depth: number }> {
      if (seen.has(term.name)) return;
      seen.add(term.name);
      yield { term, depth };
      for (const one of terms) if (one.broader[0] === term.name) yield* walk(one, depth + 1);
    }
    for (const term of terms) if (!term.broader.length) yield* walk(term, 0);
  }
}

/** The choice of the reader; no endpoints means the main ones, "all" means all. */
export interface Choice {
  readonly regimens: readonly string[];
  readonly population: string;
  readonly endpoints: readonly string[];
  /** The endpoints whose subgroups and categories are shown too; "all" means those of each. */
  readonly parts: readonly string[];
}

/** Why an entry is not shown. */
export type Hidden = "" | "endpoint" | "population" | "part";

export type Pair = readonly [string, string];

export class Compared {
  readonly regimens: Scheme;
  readonly populations: Scheme;
  readonly endpoints: Scheme;
  readonly comparisons: readonly Comparison[];
  readonly figures: readonly Figure[];

  constructor(readonly written: WrittenCompared) {
    this.regimens = new Scheme(written.regimens);
    this.populations = new Scheme(written.populations);
    this.endpoints = new Scheme(written.endpoints);
    this.comparisons = unpacked<Comparison>(written.comparisons);
    this.figures = unpacked<Figure>(written.figures);
  }

  /** The chosen regimens that equal a regimen or are broader; the nearest where they are nested. */
  among(regimen: string, chosen: readonly string[]): string[] {
    const fits = chosen.filter((one) => this.regimens.within(one).has(regimen));
    return fits.filter((one) => !fits.some((two) => two !== one && this.regimens.within(one).has(two)));
  }

  /** Comparisons of two chosen regimens, before any other filter. */
  of([one, two]: Pair, chosen: readonly string[], nature: Nature): Comparison[] {
    return this.comparisons.filter((entry) => {
      if (entry.nature !== nature) return false;
      const [left, right] = [this.among(entry.ofRegimen, chosen), this.among(entry.versusRegimen, chosen)];
      return (left.includes(one) && right.includes(two)) || (left.includes(two) && right.includes(one));
    });
  }

  /** Why an entry is not shown; "" for one that is. */
  hiding({ population, endpoints, parts }: Choice): (entry: Entry) => Hidden {
    const people = population ? this.populations.within(population) : null;
    const wanted = this.#endpoints(endpoints);
    return (entry) => {
      if (wanted && !wanted.has(entry.endpoint)) return "endpoint";
      if (people && !entry.populations.some((name) => people.has(name))) return "population";
      return entry.isMain || parts.includes("all") || parts.includes(entry.endpoint) ? "" : "part";
    };
  }

  /** All endpoints: the chosen ones first, each in its place, then the others as the vocabulary has them. */
  ordered({ endpoints }: Choice): string[] {
    const first = (endpoints.length ? endpoints : this.written.main).filter((name) => this.endpoints.has(name));
    return [...new Set([...first, ...this.written.endpoints.map(({ name }) => name)])];
  }

  #endpoints(chosen: readonly string[]): ReadonlySet<string> | null {
    const named = chosen.length ? chosen : this.written.main;
    return named.includes("all") ? null : new Set(named.flatMap((name) => [...this.endpoints.within(name)]));
  }

  /** Pairs of regimens compared within studies, those with most comparisons first. */
  known(): { pair: Pair; times: number }[] {
    const found = new Map<string, { pair: Pair; times: number }>();
    for (const { nature, ofRegimen, versusRegimen, isMain } of this.comparisons) {
      if (nature !== "direct" || !ofRegimen || !versusRegimen || ofRegimen === versusRegimen) continue;
      const pair = [ofRegimen, versusRegimen].sort() as [string, string];
      const before = found.get(pair.join(" ")) ?? { pair: [ofRegimen, versusRegimen] as const, times: 0 };
      found.set(pair.join(" "), { ...before, times: before.times + (isMain ? 1 : 0) });
    }
    return [...found.values()].sort((a, b) => b.times - a.times);
  }
}

export function pairs(chosen: readonly string[]): Pair[] {
  return chosen.flatMap((one, at) => chosen.slice(at + 1).map((two): Pair => [one, two]));
}

function unpacked<T>(table: Readonly<Record<string, Packed<unknown>>>): T[] {
  const columns = Object.entries(table);
  const rows = columns[0]?.[1].codes ?? [];
  return rows.map((_, row) => Object.fromEntries(columns.map(([name, { values, codes }]) => [name, values[codes[row] ?? -1]])) as T);
}

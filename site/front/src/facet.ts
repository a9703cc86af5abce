// Facets: filters for claims, and the number of claims that each term would leave.
import type { Packed } from "./packed";

export interface WrittenFacet {
  readonly name: string;
  readonly title: string;
  /** SPARQL that finds the same claims by a variable of the facet's name. */
  readonly pattern: string;
  readonly names: readonly string[];
  readonly labels: readonly string[];
  readonly sparql: readonly string[];
  readonly broader: readonly (readonly number[])[];
  readonly own: Packed<readonly number[]>;
}

export class Facet {
  readonly name: string;
  readonly title: string;
  /** The terms with their depth; each follows the first broader one. */
  readonly tree: readonly { readonly term: number; readonly depth: number }[];
  /** For each distinct set of own terms, these and all broader terms. */
  readonly #finding: readonly (readonly number[])[];

  constructor(readonly written: WrittenFacet) {
    this.name = written.name;
    this.title = written.title;
    this.tree = [...branches(written)];
    this.#finding = written.own.values.map((own) => [...closure(own, written.broader)]);
  }

  get isTree(): boolean {
    return this.written.broader.some((wider) => wider.length > 0);
  }

  term(name: string): number {
    return this.written.names.indexOf(name);
  }

  /** For each distinct set of own terms, whether a chosen term matches it. */
  passes(chosen: ReadonlySet<number>): boolean[] {
    return this.#finding.map((terms) => chosen.size === 0 || terms.some((term) => chosen.has(term)));
  }

  counts(among: (claim: number) => boolean): number[] {
    const { codes } = this.written.own;
    const sets = new Array<number>(this.#finding.length).fill(0);
    codes.forEach((code, claim) => {
      if (among(claim)) sets[code] = (sets[code] ?? 0) + 1;
    });
    const found = new Array<number>(this.written.names.length).fill(0);
    this.#finding.forEach((terms, code) => {
      for (const term of terms) found[term] = (found[term] ?? 0) + (sets[code] ?? 0);
    });
    return found;
  }
}

function* branches({ names, labels, broader }: WrittenFacet): Generator<{ term: number; depth: number }> {
  const under = new Map<number, number[]>();
  names.forEach((_, term) => {
    const wider = broader[term]?.[0] ?? -1;
    under.set(wider, [...(under.get(wider) ?? []), term]);
  });
  const isFlat = broader.every((wider) => wider.length === 0) && names.length > 12;
  const tops = under.get(-1) ?? [];
  if (isFlat) tops.sort((a, b) => (labels[a] ?? "").localeCompare(labels[b] ?? "", "en"));
  const seen = new Set<number>();
  function* walk(term: number, depth: number): Generator<{ term: number; depth: number }> {
    if (seen.has(term)) return;
    seen.add(term);
    yield { term, depth };
    for (const narrower of under.get(term) ?? []) yield* walk(narrower, depth + 1);
  }
  for (const top of tops) yield* walk(top, 0);
}

function closure(own: readonly number[], broader: WrittenFacet["broader"]): Set<number> {
  const found = new Set(own);
  for (const term of found) for (const wider of broader[term] ?? []) found.add(wider); // a set grows while it is walked
  return found;
}

/** The terms chosen in each facet, by the facet's name. */
export type Chosen = ReadonlyMap<string, ReadonlySet<number>>;

export interface Narrowed {
  readonly claims: readonly number[];
  /** For each facet, the number of claims that each term would leave. */
  readonly counts: ReadonlyMap<string, readonly number[]>;
}

/** Terms of one facet are alternatives, facets are combined; the counts of a facet ignore its own choice. */
export function narrow(facets: readonly Facet[], chosen: Chosen, found: (claim: number) => boolean, size: number): Narrowed {
  const failed = new Int16Array(size).fill(-1); // -1: none, -2: several or not found, else which facet
  const claims: number[] = [];
  const tests = facets.map((facet) => facet.passes(chosen.get(facet.name) ?? new Set()));
  for (let claim = 0; claim < size; claim++) {
    if (!found(claim)) failed[claim] = -2;
    facets.forEach(({ written }, at) => {
      if (tests[at]?.[written.own.codes[claim] ?? -1]) return;
      failed[claim] = failed[claim] === -1 ? at : -2;
    });
    if (failed[claim] === -1) claims.push(claim);
  }
  const counts = facets.map((facet, at) => {
    const among = (claim: number): boolean => failed[claim] === -1 || failed[claim] === at;
    return [facet.name, facet.counts(among)] as const;
  });
  return { claims, counts: new Map(counts) };
}

// The claims of the explorer: search, sorting, and rows as in the export.
import { Facet, type WrittenFacet } from "./facet";
import { at, folded, ranks, type Packed } from "./packed";

export interface WrittenClaims {
  readonly base: string;
  readonly prefixes: Readonly<Record<string, string>>;
  /** The meaning of each column of the export. */
  readonly columns: Readonly<Record<string, string>>;
  readonly rows: Readonly<Record<string, Packed>>;
  /** The first row of each claim: a schedule has several. */
  readonly first: readonly number[];
  readonly shown: Readonly<Record<string, Packed>>;
  readonly facets: readonly WrittenFacet[];
}

/** A column to sort by; "" is the order of the export. */
export interface Order {
  readonly column: string;
  readonly descending: boolean;
}

export class Claims {
  readonly size: number;
  readonly columns: readonly string[];
  readonly facets: readonly Facet[];
  #texts: readonly string[] | undefined;
  readonly #ranks = new Map<string, number[]>();

  constructor(readonly written: WrittenClaims) {
    this.size = written.first.length;
    this.columns = Object.keys(written.columns);
    this.facets = written.facets.map((one) => new Facet(one));
  }

  /** A cell of the claim's first row in the export. */
  cell(column: string, claim: number): string {
    return at(this.written.rows[column], this.written.first[claim] ?? -1) ?? "";
  }

  shown(name: string, claim: number): string {
    return at(this.written.shown[name], claim) ?? "";
  }

  /** The label of a term that a cell names, or the cell. */
  label(facet: string, claim: number): string {
    return this.#label(facet, this.cell(facet, claim));
  }

  iri(claim: number): string {
    return `${this.written.base}study/${this.cell("study", claim)}#${this.cell("claim", claim)}`;
  }

  /** Returns, for each claim, whether all words occur in its text. */
  finder(words: string): (claim: number) => boolean {
    const wanted = folded(words).split(/\s+/).filter(Boolean);
    if (!wanted.length) return () => true;
    const texts = (this.#texts ??= this.written.first.map((_, claim) => folded(this.#text(claim))));
    return (claim) => wanted.every((word) => texts[claim]?.includes(word));
  }

  sorted(claims: readonly number[], { column, descending }: Order): readonly number[] {
    const packed = this.written.rows[column];
    if (!packed) return claims;
    const rank = this.#rank(column, packed);
    const empty = packed.values.indexOf("");
    const key = (claim: number): number => packed.codes[this.written.first[claim] ?? -1] ?? -1;
    const side = descending ? -1 : 1;
    return [...claims].sort((a, b) => {
      const [one, two] = [key(a), key(b)];
      if (one === two) return a - b;
      if (one === empty || two === empty) return one === empty ? 1 : -1; // nothing stands last, either way
      return side * ((rank[one] ?? 0) - (rank[two] ?? 0));
    });
  }

  /** The rows of claims with the columns of the export. */
  *rows(claims: readonly number[]): Generator<string[]> {
    const { first, rows } = this.written;
    const end = rows[this.columns[0] ?? ""]?.codes.length ?? 0;
    const columns = this.columns.map((name) => rows[name]);
    for (const claim of claims) {
      for (let row = first[claim] ?? 0; row < (first[claim + 1] ?? end); row++) {
        yield columns.map((column) => at(column, row) ?? "");
      }
    }
  }

  #rank(column: string, packed: Packed): number[] {
    const known = this.#ranks.get(column) ?? ranks(packed.values, (value) => this.#label(column, value));
    this.#ranks.set(column, known);
    return known;
  }

  #label(facet: string, name: string): string {
    const written = this.facets.find((one) => one.name === facet)?.written;
    return written?.labels[written.names.indexOf(name)] ?? name;
  }

  #text(claim: number): string {
    const cells = ["claim", "study", "group", "endpoint", "category", "statistic", "timepoint", "printed", "unit"];
    const shown = ["figure", "detail", "who", "versus", "place", "also"];
    const terms = this.facets.flatMap(({ written }) => (at(written.own, claim) ?? []).map((term) => written.labels[term]));
    return [...cells.map((name) => this.cell(name, claim)), ...shown.map((name) => this.shown(name, claim)), ...terms].join(" ");
  }
}

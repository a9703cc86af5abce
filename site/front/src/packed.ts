// Tables as the build packs them: each column as its distinct values, and an index for each row.

export interface Packed<T = string> {
  readonly values: readonly T[];
  readonly codes: readonly number[];
}

/** One value of a column. */
export function at<T>(column: Packed<T> | undefined, row: number): T | undefined {
  return column?.values[column.codes[row] ?? -1];
}

/** Text folded for the search: without case, accents and typography. */
export function folded(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[‐-―−]/g, "-")
    .toLowerCase();
}

const collator = new Intl.Collator("en", { numeric: true });

/** The rank of each distinct value: numbers by size, then words, empty last. */
export function ranks(values: readonly string[], labels: (value: string) => string = (value) => value): number[] {
  const order = values.map((value, place) => ({ place, text: labels(value), number: number(value) }));
  order.sort((a, b) => weight(a.text) - weight(b.text) || sizes(a.number, b.number) || collator.compare(a.text, b.text));
  const found = new Array<number>(values.length);
  order.forEach(({ place }, rank) => (found[place] = rank));
  return found;
}

function weight(text: string): number {
  return text ? 0 : 1;
}

function number(text: string): number | undefined {
  const found = /^[=<>≤≥~]?(-?\d+(?:\.\d+)?)$/.exec(text);
  return found ? Number(found[1]) : undefined;
}

function sizes(a: number | undefined, b: number | undefined): number {
  if (a === undefined || b === undefined) return (a === undefined ? 1 : 0) - (b === undefined ? 1 : 0);
  return a - b;
}

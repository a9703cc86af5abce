// Unknown names in an address, with the nearest known one.
import type { Scheme } from "./compared";

/** A message for an unknown name, with the nearest known one. */
export function unknownWord(kind: string, word: string, scheme: Scheme): string {
  const near = nearest(word, scheme.terms.flatMap(({ name, plain }) => [name, plain]));
  const meant = scheme.terms.find(({ name, plain }) => name === near || plain === near);
  return `No ${kind} is called “${word}”${meant ? `; did you mean “${meant.name}” (${meant.plain})?` : "."}`;
}

/** The nearest word by edit distance, unless half of it would change. */
function nearest(word: string, words: readonly string[]): string {
  const ranked = words.map((one) => ({ one, far: distance(word.toLowerCase(), one.toLowerCase()) }));
  const best = ranked.sort((a, b) => a.far - b.far)[0];
  return best && best.far <= Math.max(word.length, best.one.length) / 2 ? best.one : "";
}

/** The edit distance (Levenshtein). */
function distance(one: string, two: string): number {
  let row = [...two, ""].map((_, at) => at);
  for (const [at, letter] of [...one].entries()) {
    const next = [at + 1];
    for (const [to, other] of [...two].entries()) {
      next.push(Math.min((row[to + 1] ?? 0) + 1, (next[to] ?? 0) + 1, (row[to] ?? 0) + Number(letter !== other)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

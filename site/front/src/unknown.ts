// Unknown names in an address, with the nearest known one.
import type { Scheme } from "./compared";

/** A message for an unknown name, with the nearest known one. */
export function unknownWord(kind: string, word: string, scheme: Scheme): string {
  const near = nearest(word, scheme.terms.flatMap(({ name, plain }) => [name, plain]));
  const meant = scheme.terms.find(({ name, plain }) => name === near || plain === near);
  return `No ${kind} is called “${word}”${meant ? `; did you mean “${meant.name}” (${meant.plain})?` : "."}`;
}

/** The nearest word by edit distance, of equals the one in the same case, unless half would change. */
export function nearest(word: string, words: readonly string[]): string {
  const far = (one: string): number => distance(word.toLowerCase(), one.toLowerCase());
  const ranked = words.map((one) => ({ one, far: far(one), inCase: distance(word, one) }));
  const best = ranked.sort((a, b) => a.far - b.far || a.inCase - b.inCase)[0];
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

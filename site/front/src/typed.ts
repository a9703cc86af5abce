// Text as the search compares it: words without case, accents, plurals and American spelling.

/** Words that name nothing. Of a query they are left out, unless it has no others. */
const EMPTY = new Set(
  ("a about after all among an and any are as at be been between by can did do does for from had has have how if in " +
    "into is it its many much no not of on or other out over per than that the their them then there these they this " +
    "to under up versus vs was were what when where which who whom why will with within without doi pmid").split(" "),
);

export function isEmpty(word: string): boolean {
  return EMPTY.has(word);
}

/** Text without case, accents and typography; `Ph+` and `Ph−` in words. */
function folded(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/(?<=[\p{L}\p{N}])\+(?=[\s,;)]|$)/gu, " positive ")
    .replace(/(?<=(?:^|[\s(])\p{L}\p{L}?)[-‐-―−](?=[\s,;)]|$)/gu, " negative ")
    .replace(/(?<=\d)[·∙](?=\d)/g, ".")
    .replace(/(?<![\d.])\.(?=\d)/g, "0.")
    .replace(/(?<=\d),(?=\d{3}(?!\d))/g, "")
    .replace(/(?<=\d),(?=\d)/g, ".")
    .toLowerCase()
    .replace(/ß/g, "ss")
    .replace(/ø/g, "o")
    .replace(/ł/g, "l");
}

/** A word in one spelling: `haematological` and `hematological`, `tumour` and `tumor`, `patient` and `patients` are equal. */
function normal(word: string): string {
  if (/\d/.test(word)) return word;
  const short = word
    .replace(/[ao]e/g, "e")
    .replace(/(?<=\p{L}{3})our/gu, "or")
    .replace(/(?<=\p{L}{3}i)z(?=[aei])/gu, "s")
    .replace(/(?<=\p{L}{3})tre(?=s?$)/gu, "ter");
  return short.length > 3 ? short.replace(/(?<![suia])s$/, "") : short;
}

/** The words of a text; a decimal number is one. */
export function words(text: string): string[] {
  const found = folded(text).match(/\d+(?:\.\d+)?(?![\p{L}\p{N}])|[\p{L}\p{N}]+/gu) ?? [];
  return found.map(normal);
}

export const isNumber = (word: string): boolean => /^[\d.]+$/.test(word);

/** How many letters are wrong, left out, too many or swapped, at most `most`; else `most` + 1. */
export function distance(one: string, other: string, most: number): number {
  if (Math.abs(one.length - other.length) > most) return most + 1;
  let before: number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const change = one[i - 1] === other[j - 1] ? 0 : 1;
      let best = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + change);
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) best = Math.min(best, before[j - 2]! + 1);
      next.push(best);
    }
    if (Math.min(...next) > most) return most + 1;
    before = row;
    row = next;
  }
  return row[other.length]!;
}

/** How many letters of a word may be mistyped: none of a short one, which would be many others. */
export function mayDiffer(word: string): number {
  if (isNumber(word) || word.length < 4) return 0;
  return word.length < 8 ? 1 : word.length < 12 ? 2 : 3;
}

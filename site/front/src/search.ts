// The worker of the search: the theme's own, which ranks whole words above prefixes here.
//
// The theme looks for all words that begin as the typed ones do, so that "CR" finds CRi and CRS
// as well as CR. Its language of queries can say more: each word is asked for twice, as it is
// with a boost, and as a beginning. The address of this script ends in that of the theme's.

declare function importScripts(...addresses: string[]): void;

/** A node of lunr's token trie. */
interface Words {
  _str?: string;
  final: boolean;
  edges: Record<string, { id: number }>;
}
declare const lunr: { TokenSet: { prototype: Words & { toString(): string } } };

type Message = { type: 0; data: { config: { separator: string } } } | { type: 2; data: string };

const BOOST = 40;
const OPERATORS = /^[+-]|[\^~*"]/;
let separator = /\s+/;

/** Long words of letters alone may be mistyped by one letter; a short one would be many others. */
const MAY_BE_MISTYPED = /^\p{L}{7,}$/u;

/** The query for a word as typed; a single character is the prefix of too many others. */
function asked(word: string): string[] {
  if (OPERATORS.test(word)) return [word];
  const parts = word.split(separator).filter((part) => part !== "");
  return parts.map((part) => {
    const begun = part.length > 1 ? `${part}^${BOOST} ${part}` : `${part}^${BOOST}`;
    return MAY_BE_MISTYPED.test(part) ? `${begun} ${part}~1` : begun;
  });
}

addEventListener("message", ({ data }: MessageEvent<Message>) => {
  if (data.type === 0) separator = new RegExp(data.data.config.separator);
  else if (data.type === 2) data.data = data.data.split(/\s+/).flatMap(asked).join(" ");
});

importScripts(new URL(location.search.slice(1), location.href).href);

// lunr 2.3 merges trie nodes with equal keys, and writes keys without separators: the edges "a" to 1
// and "2" to 3 become "a123", as would "a" to 123. So it dropped tokens with digits.
lunr.TokenSet.prototype.toString = function (this: Words): string {
  if (this._str) return this._str;
  const edges = Object.entries(this.edges).sort(([one], [other]) => (one < other ? -1 : 1));
  return edges.reduce((key, [letter, { id }]) => `${key}${letter}${id},`, this.final ? "1" : "0");
};

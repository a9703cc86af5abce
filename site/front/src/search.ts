// The worker of the search: the theme's own, asked for whole words before beginnings of words.
//
// The theme looks for all words that begin as the typed ones do, so that "CR" finds CRi and CRS
// as well as CR. Its language of queries can say more: each word is asked for twice, as it is
// with a boost, and as a beginning. The address of this script ends in that of the theme's.

declare function importScripts(...addresses: string[]): void;

/** A node of lunr's tree of words: letters lead from it to other nodes. */
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

/** A word as typed, in the theme's words; a single character begins too many others. */
function asked(word: string): string[] {
  if (OPERATORS.test(word)) return [word];
  const parts = word.split(separator).filter((part) => part !== "");
  return parts.map((part) => (part.length > 1 ? `${part}^${BOOST} ${part}` : `${part}^${BOOST}`));
}

addEventListener("message", ({ data }: MessageEvent<Message>) => {
  if (data.type === 0) separator = new RegExp(data.data.config.separator);
  else if (data.type === 2) data.data = data.data.split(/\s+/).flatMap(asked).join(" ");
});

importScripts(new URL(location.search.slice(1), location.href).href);

// lunr 2.3 makes one of nodes that it tells alike, and tells edges as letters and numbers without a
// mark between them: "a" to 1 with "2" to 3 is told as "a" to 123. Words with digits were lost.
lunr.TokenSet.prototype.toString = function (this: Words): string {
  if (this._str) return this._str;
  const edges = Object.entries(this.edges).sort(([one], [other]) => (one < other ? -1 : 1));
  return edges.reduce((said, [letter, { id }]) => `${said}${letter}${id},`, this.final ? "1" : "0");
};

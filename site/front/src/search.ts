// The worker of the search: the theme's own, asked for whole words before beginnings of words.
//
// The theme looks for all words that begin as the typed ones do, so that "CR" finds CRi and CRS
// as well as CR. Its language of queries can say more: each word is asked for twice, as it is
// with a boost, and as a beginning. The address of this script ends in that of the theme's.

declare function importScripts(...addresses: string[]): void;

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

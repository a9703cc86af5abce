// Names of a query that the dataset does not have, each with the nearest one that it has.
import type { Offered } from "./offered";
import { namesIn } from "./sparql";
import { nearest } from "./unknown";

/** A sentence for each name in the dataset's own namespaces that is not in the dataset. */
export function hints(text: string, offered: Offered): readonly string[] {
  const missing = namesIn(text, offered.prefixes).flatMap((iri) => missingName(iri, offered) ?? []);
  return [...new Set(missing)].map((name) => sentence(name, offered));
}

/** The short form of an IRI that the dataset would have among its words, and has not. */
function missingName(iri: string, offered: Offered): string | undefined {
  if (!iri.startsWith(offered.base)) return undefined;
  const vocabulary = offered.prefixes["kb"] ?? "";
  const thing = iri.startsWith(vocabulary) ? iri : iri.replace(/#.*$/s, ""); // groups and claims are not in the list of words
  const short = offered.shortened(thing);
  const isName = short !== thing && !short.endsWith(":");
  return isName && !offered.word(thing) ? short : undefined;
}

function sentence(name: string, offered: Offered): string {
  const prefix = name.slice(0, name.indexOf(":") + 1);
  const known = offered.words.map(({ term }) => term).filter((term) => term.startsWith(prefix));
  const near = nearest(name.slice(prefix.length), known.map((term) => term.slice(prefix.length)));
  const label = near && offered.word(prefix + near)?.label;
  return `${name} is not in the dataset${near ? `; did you mean ${prefix}${near} (${label})?` : "."}`;
}

// The selection of the explorer as SPARQL, which any engine answers with the same claims.
import type { Claims } from "./claims";
import type { Chosen, Facet } from "./facet";

const MOST_NAMED = 200;

/** The SPARQL for a selection; where it also has words, the claims found are listed one by one. */
export function asQuery(claims: Claims, chosen: Chosen, words: string, found: readonly number[]): string {
  const used = claims.facets.filter(({ name }) => chosen.get(name)?.size);
  const isNamed = words.trim() !== "" && found.length <= MOST_NAMED;
  const comments = used.map((facet) => `# ${facet.title}: ${labels(facet, chosen).join(" or ")}`);
  if (words.trim()) comments.push(`# Words: ${flat(words)}${isNamed ? "" : " (too many claims to name: the query does not ask for these words)"}`);
  const body = [
    "SELECT DISTINCT ?claim ?wording {",
    ...(isNamed ? ["  VALUES ?claim {", ...found.map((claim) => `    <${claims.iri(claim)}>`), "  }"] : []),
    ...used.map((facet) => `  VALUES ?${facet.name} { ${terms(facet, chosen).join(" ")} }`),
    "  ?claim kb:measure ?measure ; kb:printed|kb:noted ?wording .",
    ...used.map((facet) => `  ${facet.written.pattern}`),
    "}",
    "ORDER BY ?claim",
  ].join("\n");
  const prefixes = Object.entries(claims.written.prefixes).filter(([name]) => new RegExp(`(?<![\\w-])${name}:`).test(body));
  return [...comments, ...prefixes.map(([name, iri]) => `PREFIX ${name}: <${iri}>`), body].join("\n");
}

function terms({ name, written }: Facet, chosen: Chosen): string[] {
  return [...(chosen.get(name) ?? [])].map((term) => written.sparql[term] ?? "");
}

function labels({ name, written }: Facet, chosen: Chosen): string[] {
  return [...(chosen.get(name) ?? [])].map((term) => flat(written.labels[term] ?? ""));
}

/** In one line, so that it stays a comment. */
function flat(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

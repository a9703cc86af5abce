// Downloads of the comparison: its rows, and a query for the claims behind them.
import type { Compared, Comparison, Entry, Figure, Nature } from "./compared";

/** One line shown: a comparison, or a figure with its regimens. */
export type Shown = { readonly nature: Nature; readonly entry: Comparison } | { readonly nature: "figure"; readonly entry: Figure };

export const COLUMNS = ["part", "kind", "study", "study_name", "group", "versus", "regimen", "regimen_label", "versus_regimen", "versus_regimen_label", "endpoint", "endpoint_label", "about", "values", "figure", "of", "among", "derived_ci95", "derived_n", "context", "cited", "checks", "noted_from", "printed", "standing", "where", "claims"] as const;

export function asRows(data: Compared, shown: readonly Shown[]): string[][] {
  return shown.map((one) => {
    const own = one.nature === "figure" ? ofFigure(one.entry) : ofComparison(one.entry);
    const { entry } = one;
    const regimen = (name: string | undefined): string => (name ? data.regimens.label(name) : "");
    const row: Record<string, string> = {
      ...own,
      study_name: data.written.studies[entry.study]?.[0] ?? "",
      regimen_label: regimen(own["regimen"]),
      versus_regimen_label: regimen(own["versus_regimen"]),
      endpoint_label: data.endpoints.label(entry.endpoint),
      part: one.nature === "figure" ? "result by study" : one.nature,
      study: entry.study,
      group: entry.who,
      endpoint: entry.endpoint,
      about: entry.about,
      standing: entry.standing,
      context: entry.context,
      cited: entry.cited.map(([, name]) => name).join("; "),
      checks: entry.checks.map(([mark, claims]) => `${mark} ×${claims}`).join(" "),
      noted_from: entry.notedFrom.join("; "),
      where: entry.places.map(([source, section]) => `${data.written.sources[source] ?? source}, ${section}`).join("; "),
      claims: names(entry).join(" "),
    };
    return COLUMNS.map((name) => row[name] ?? "");
  });
}

function ofComparison(one: Comparison): Record<string, string> {
  const figure = one.parts.map(([, text]) => text).join("; ");
  const { versus, ofRegimen: regimen, versusRegimen: versus_regimen } = one;
  const values = one.sides.map(([text]) => text || "not reported").join(" vs ");
  return { kind: one.badge, versus, regimen, versus_regimen, values, figure, printed: one.printed.join(" … ") };
}

function ofFigure({ kind, regimen, text, of, among, derived, derivedOf }: Figure): Record<string, string> {
  return { kind, regimen, figure: text, of: String(of ?? ""), among, derived_ci95: derived, derived_n: String(derivedOf ?? "") };
}

/** The claims of an entry, and of the values that it was printed with. */
function names(entry: Entry | Comparison): string[] {
  const values = "sides" in entry ? entry.sides.flatMap(([, claims]) => claims) : [];
  return [...new Set([...entry.claims, ...values])].map((claim) => `${entry.study}#${claim}`);
}

/** SPARQL for exactly the claims shown. */
export function asQuery(data: Compared, title: string, shown: readonly Shown[]): string {
  const { base } = data.written;
  const claims = [...new Set(shown.flatMap(({ entry }) => names(entry)))];
  return [
    `# ${title.replace(/\s+/g, " ")}`,
    `PREFIX kb: <${base}ontology#>`,
    "SELECT ?claim ?endpoint ?wording {",
    "  VALUES ?claim {",
    ...claims.map((claim) => `    <${base}study/${claim}>`),
    "  }",
    "  ?claim kb:measure/kb:endpoint ?endpoint ; kb:printed|kb:noted ?wording .",
    "}",
    "ORDER BY ?endpoint ?claim",
  ].join("\n");
}

/** R that reads exactly the claims shown, from the table of all claims. */
export function asR(data: Compared, shown: readonly Shown[]): string {
  const claims = [...new Set(shown.flatMap(({ entry }) => names(entry)))];
  return [
    `claims <- read.csv(${JSON.stringify(`${data.written.base}data/claims.csv`)}, fileEncoding = "UTF-8-BOM", na.strings = "")`,
    'shown <- subset(claims, paste(study, claim, sep = "#") %in% c(',
    claims.map((claim) => `  ${JSON.stringify(claim)}`).join(",\n"),
    "))",
    "",
  ].join("\n");
}

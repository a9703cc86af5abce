// Differences between studies whose figures are shown together: the rules of
// kb.analysis.comparability, applied to what the build computed for each claim.
import type { Entry, WrittenCompared } from "./compared";
import { element } from "./table";

export interface Difference {
  readonly respect: string;
  readonly values: readonly (readonly [value: string, studies: readonly string[]])[];
}

export function differences(written: WrittenCompared, labels: (endpoint: string) => string, entries: readonly Entry[]): Difference[] {
  const studies = new Set(entries.map(({ study }) => study));
  if (studies.size < 2) return [];
  const endpoints = [...new Set(entries.map(({ endpoint }) => endpoint))].sort();
  return [
    ...written.respects.map((respect, at) => difference(written, respect, own(written, at, entries))),
    ...endpoints.map((endpoint) => {
      const of = new Set(entries.filter((one) => one.endpoint === endpoint).map(({ study }) => study));
      return difference(written, `definition of ${labels(endpoint)}`, stated(written, written.definitions[endpoint] ?? {}, of));
    }),
    ...Object.entries(written.background).map(([respect, values]) => difference(written, respect, stated(written, values, studies))),
  ].filter(({ values }) => values.length > 1);
}

type Found = Map<string, Set<string>>;

function own({ profiles }: WrittenCompared, at: number, entries: readonly Entry[]): Found {
  const found: Found = new Map();
  for (const { study, profiles: places } of entries) {
    for (const place of places) {
      const value = profiles[place]?.[at];
      if (value) found.set(value, (found.get(value) ?? new Set()).add(study));
    }
  }
  return found;
}

/** A value that only some studies state is a difference too. */
function stated({ unsaid }: WrittenCompared, values: Readonly<Record<string, string>>, studies: ReadonlySet<string>): Found {
  const found: Found = new Map();
  for (const study of studies) {
    const value = values[study] || unsaid;
    found.set(value, (found.get(value) ?? new Set()).add(study));
  }
  return found;
}

/** The most frequent value first, "not stated" last. */
function difference({ unsaid, studies }: WrittenCompared, respect: string, found: Found): Difference {
  const name = (study: string): string => studies[study]?.[0] ?? study;
  const values = [...found].map(([value, of]) => [value, [...of].map(name).sort(byText)] as const);
  values.sort(([a, ofA], [b, ofB]) => Number(a === unsaid) - Number(b === unsaid) || ofB.length - ofA.length || byText(a, b));
  return { respect, values };
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A respect, with its values where they are few and short enough for the summary. */
function inShort({ respect, values }: Difference): string {
  const kinds = values.map(([value]) => value);
  return kinds.length <= 3 && kinds.join().length <= 60 ? `${respect} (${kinds.join(" / ")})` : `${respect} (${kinds.length} kinds)`;
}

/** The differences between the studies shown, and apart from them what is not recorded of some. */
export function unlike(written: WrittenCompared, found: readonly Difference[]): HTMLElement[] {
  if (!found.length) return [];
  const isStated = ([value]: Difference["values"][number]): boolean => value !== written.unsaid;
  const differing = found.map(({ respect, values }) => ({ respect, values: values.filter(isStated) })).filter(({ values }) => values.length > 1);
  const missing = found.flatMap(({ respect, values }) => values.filter((value) => !isStated(value)).map(([, studies]) => ({ respect, studies })));
  const box = element("details", "unalike");
  const summary = differing.length ? `Differences between studies: ${differing.map(inShort).join("; ")}` : "No difference between studies in what is recorded of each";
  const list = element("dl");
  box.append(element("summary", "", summary), list);
  for (const { respect, values } of differing) list.append(element("dt", "", sentence(respect)), valuesOf(values));
  if (missing.length) box.append(element("p", "unrecorded", "Not recorded here, which does not mean that the studies differ:"), gaps(missing));
  return [box];
}

function valuesOf(values: Difference["values"]): HTMLElement {
  const all = element("ul");
  all.append(
    ...values.map(([value, studies]) => {
      const item = element("li");
      item.append(element("b", "", value), " ", element("span", "detail", studies.join(", ")));
      return item;
    }),
  );
  const about = element("dd");
  about.append(all);
  return about;
}

function gaps(missing: readonly { readonly respect: string; readonly studies: readonly string[] }[]): HTMLElement {
  const all = element("ul", "gaps");
  all.append(...missing.map(({ respect, studies }) => element("li", "", `${sentence(respect)}: ${studies.join(", ")}`)));
  return all;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

// In what figures of several studies are not alike: the rules of kb.comparability, applied to what
// the build worked out for each claim.
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
    ...Object.entries(written.background).map(([respect, said]) => difference(written, respect, stated(written, said, studies))),
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

/** What some studies state and others do not is a difference too. */
function stated({ unsaid }: WrittenCompared, said: Readonly<Record<string, string>>, studies: ReadonlySet<string>): Found {
  const found: Found = new Map();
  for (const study of studies) {
    const value = said[study] || unsaid;
    found.set(value, (found.get(value) ?? new Set()).add(study));
  }
  return found;
}

/** The commonest value first, what is not said last. */
function difference({ unsaid, studies }: WrittenCompared, respect: string, found: Found): Difference {
  const name = (study: string): string => studies[study]?.[0] ?? study;
  const values = [...found].map(([value, of]) => [value, [...of].map(name).sort(byText)] as const);
  values.sort(([a, ofA], [b, ofB]) => Number(a === unsaid) - Number(b === unsaid) || ofB.length - ofA.length || byText(a, b));
  return { respect, values };
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A respect with its values, where these are few and short: what a reader must know at once. */
function inShort({ respect, values }: Difference): string {
  const said = values.map(([value]) => value);
  return said.length <= 3 && said.join().length <= 60 ? `${respect} (${said.join(" / ")})` : `${respect} (${said.length} kinds)`;
}

/** Says above a table what is not alike in it. */
export function unlike(found: readonly Difference[]): HTMLElement[] {
  if (!found.length) return [];
  const box = element("details", "unalike");
  const list = element("dl");
  box.append(element("summary", "", `Not alike: ${found.map(inShort).join("; ")}`), list);
  for (const { respect, values } of found) {
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
    list.append(element("dt", "", respect.charAt(0).toUpperCase() + respect.slice(1)), about);
  }
  return [box];
}

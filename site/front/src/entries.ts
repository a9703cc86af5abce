// What belongs to each entry of a comparison: its study, its places, its state, its judgements.
import type { Compared, Entry } from "./compared";
import { link } from "./listing";
import { marked } from "./meaning";
import { element } from "./table";

export class Entries {
  constructor(
    readonly data: Compared,
    readonly root: string,
  ) {}

  /** The study of an entry, with its design. */
  study(study: string): (HTMLElement | string)[] {
    const [name = study, design = ""] = this.data.written.studies[study] ?? [];
    return [link(`${this.root}study/${study}/`, name), " ", element("span", "detail", design)];
  }

  /** The link of a figure to where it was read. */
  opening({ study, standing }: Entry, claims: readonly string[], text: string): HTMLElement {
    const anchor = link(`${this.root}study/${study}/#${claims[0] ?? ""}`, text);
    anchor.dataset["claims"] = claims.map((claim) => `${study}#${claim}`).join(" ");
    if (standing === "set-aside") anchor.className = "is-set-aside";
    return anchor;
  }

  /** What belongs to a figure: its analysis set, the publications cited, and whether it was verified. */
  company(entry: Entry, before: readonly (HTMLElement | string)[] = []): HTMLElement {
    const line = element("div", "detail");
    line.append(...before);
    const checks = entry.checks.map(([mark, claims]) => marked(entry.claims.length > 1 ? `${mark} ×${claims}` : mark));
    line.append(entry.context, entry.context && checks.length ? " · " : "", ...checks.flatMap((mark, at) => (at ? [" ", mark] : [mark])));
    if (entry.notedFrom.length) line.title = `noted from ${entry.notedFrom.join("; ")}`;
    entry.cited.forEach(([name, text], at) => line.append(at ? ", " : " · cited ", link(`${this.root}publication/${name}/`, text)));
    for (const text of entry.misprints) line.append(` (the source prints the reference ${text})`);
    return line;
  }

  /** What a judgement made of a figure, with its reasons. */
  judged({ standing, reasons }: Entry): HTMLElement[] {
    if (!standing && !reasons.length) return [];
    const box = element("details", "why");
    box.append(element("summary", `choice ${standing}`, standing ? standing.replace("-", " ") : "discrepancy"));
    for (const [finding, text] of reasons) {
      const line = element("p", "", `${text} `);
      line.append(link(`${this.root}study/${finding}`, "The discrepancy"));
      box.append(line);
    }
    return [box];
  }

  /** Where an entry is printed: each place of a source, whose name stands once. */
  *sources({ places }: Entry, withSection = false): Generator<HTMLElement | string> {
    let before = "";
    const named = [...new Set(places.map(([source]) => source))];
    const sorted = [...places].sort(([a], [b]) => named.indexOf(a) - named.indexOf(b));
    for (const [at, [source, section, anchor]] of sorted.entries()) {
      if (at) yield ", ";
      const name = this.data.written.sources[source] ?? source;
      const text = source === before ? section : withSection ? `${name}, ${section}` : name;
      yield link(`${this.root}source/${source}/#${anchor}`, text);
      before = source;
    }
  }
}

export function isAside({ standing }: Entry): boolean {
  return standing === "set-aside";
}

/** Folds what a judgement set aside: it is there to be read, and is not the answer. */
export function aside(number: number, what: string, ...content: readonly HTMLElement[]): HTMLElement[] {
  if (!number) return [];
  const box = element("details", "aside");
  box.append(element("summary", "", `${number} ${what}${number === 1 ? "" : "s"} set aside by a judgement`), ...content);
  return [box];
}

/** Sorts, within a study and endpoint: figures preferred by a judgement first, set-aside ones last. */
export function preferred<T extends Entry>(entries: readonly T[]): T[] {
  const places = new Map<string, number>();
  const key = ({ study, endpoint }: Entry): string => `${study} ${endpoint}`;
  for (const entry of entries) if (!places.has(key(entry))) places.set(key(entry), places.size);
  const rank = ({ standing }: Entry): number => ["preferred", "", "disputed", "set-aside"].indexOf(standing);
  return [...entries].sort((a, b) => (places.get(key(a)) ?? 0) - (places.get(key(b)) ?? 0) || rank(a) - rank(b));
}

// What a query finds, best first: exact names, then figures and words, grouped by page.
//
// MiniSearch finds and weighs words and their beginnings. Names are compared as a whole, without
// blanks and hyphens, so that "mini hyper CVD" and "minihyper-CVD" are one. A word that stands
// nowhere is read as the nearest one that does.

import MiniSearch from "minisearch";
import { joinedWords, known, rows, unique, withoutEmpty, type Claim, type Index, type Known } from "./indexed";
import { distance, isEmpty, isNumber, mayDiffer, words } from "./typed";

/** What is shown of a claim or a part of a page. */
export interface Part {
  url: string;
  title: string;
  figure: string;
  snippet: string;
  who?: string;
}

/** A page that was found, with what was found on it. */
export interface Found extends Part {
  kind: string;
  parts: Part[];
}

export interface Answer {
  found: Found[];
  /** The query as it was understood, where words of it were taken for mistyped ones. */
  read: string;
  /** The words of the query that no record has. */
  missing: string[];
  /** The words of names that are nearest to the missing ones, where nothing was found. */
  near: string[];
}

const MOST_PAGES = 12;
const MOST_PARTS = 3;
const LONGEST_NAME = 12;
const MOST_NEAR = 3;
const VERSUS = new Set("vs v versus or against than between compare compared comparison".split(" "));
const FIELDS = ["names", "title", "figure", "text"];

/** How well something fits, and the share of the words of the query that it has. */
interface Score {
  score: number;
  share: number;
}

interface Document {
  id: number;
  names: string;
  title: string;
  figure: string;
  text: string;
}

export class Ranking {
  readonly #entries: Known[];
  readonly #claims: Claim[];
  readonly #weights: Record<string, number>;
  readonly #mini: MiniSearch<Document>;
  /** Entries by each name, its words joined. */
  readonly #named = new Map<string, number[]>();
  /** Regimens that combine others, by the titles of what they combine. */
  readonly #combined = new Map<string, number>();
  /** All words, and how much they are of names. */
  readonly #words = new Map<string, number>();
  /** How a word of a name is written. */
  readonly #written = new Map<string, string>();
  /** The words of records: those of hand-written pages say nothing of the evidence. */
  readonly #recorded = new Set<string>();

  constructor(index: Index) {
    this.#weights = index.weights;
    this.#entries = rows(index.pages).map(known);
    this.#claims = rows(index.claims);
    this.#mini = new MiniSearch<Document>({ fields: FIELDS, tokenize: (text) => text.split(" "), processTerm: (word) => word || null });
    this.#entries.forEach((entry, id) => this.#addEntry(entry, id));
    this.#entries.forEach((entry, id) => this.#addCombination(entry, id));
    this.#claims.forEach((claim, place) => this.#addClaim(claim, this.#entries.length + place));
  }

  #addEntry(entry: Known, id: number): void {
    const isNamed = entry.kind !== "Page" || !entry.url.includes("#");
    const every = isNamed ? [entry.title, ...entry.names] : [];
    for (const name of isNamed ? unique([...entry.called, ...entry.bare]) : []) {
      const same = this.#named.get(name);
      if (same) same.push(id);
      else if (name) this.#named.set(name, [id]);
    }
    for (const word of every.flatMap((name) => name.split(/[\s()]+/))) {
      const key = words(word).join("");
      if (!this.#written.has(key)) this.#written.set(key, word);
    }
    const text = words(`${entry.text} ${entry.snippet}`).join(" ");
    const names = unique(every.flatMap((name) => joinedWords(name).split(" "))).join(" ");
    const document = { id, names, title: words(entry.title).join(" "), figure: "", text };
    this.#add(document, isNamed);
    if (entry.kind !== "Page") this.#record(document);
  }

  /** "A with B" is also found by "B A", and by other names of both. */
  #addCombination({ kind, title, names }: Known, id: number): void {
    if (kind !== "Regimen") return;
    for (const name of [title, ...names]) {
      const parts = name.split(/ (?:with|and) /).map((part) => this.#named.get(withoutEmpty(words(part)).join("")) ?? []);
      if (parts.length > 1 && parts.every((part) => part.length > 0)) this.#combined.set(this.#titles(parts), id);
    }
  }

  /** The titles of the drugs and regimens among what is named, in order. */
  #titles(named: number[][]): string {
    const first = named.map((all) => this.#entries[all[0]!]!);
    return unique(first.filter(({ kind }) => kind === "Drug" || kind === "Regimen").map(({ title }) => title)).sort().join("\n");
  }

  #addClaim(claim: Claim, id: number): void {
    const study = this.#entries[claim.study]!;
    const about = claim.about.map((place) => this.#entries[place]!);
    const own = words(`${claim.who} ${claim.also}`);
    const text = [...new Set([study, ...about].flatMap((one) => one.of).concat(own))].join(" ");
    const title = words(`${about[0]?.title ?? ""} ${claim.detail}`).join(" ");
    const document = { id, names: "", title, figure: words(claim.figure).join(" "), text };
    this.#add(document, false);
    this.#record(document);
  }

  #record({ names, title, figure, text }: Document): void {
    for (const word of `${names} ${title} ${figure} ${text}`.split(" ")) this.#recorded.add(word);
  }

  #add(document: Document, isName: boolean): void {
    this.#mini.add(document);
    for (const word of document.names.split(" ")) if (word) this.#words.set(word, 2);
    for (const word of `${document.title} ${document.text}`.split(" ")) {
      if (word && !this.#words.has(word)) this.#words.set(word, isName ? 1 : 0);
    }
  }

  /** Answers a query; `isTyping` if its last word may be unfinished. */
  ask(query: string): Answer {
    const typed = this.#merged(words(query));
    const read = this.#read(typed);
    const meant = withoutEmpty(read);
    if (meant.length === 0) return { found: [], read: "", missing: [], near: [] };
    const scores = this.#scores(meant, read.join(""));
    const groups = this.#grouped(scores);
    const order = this.#ordered(groups, scores, read, query);
    const changed = read.some((word, place) => word !== typed[place]);
    const pages = order.slice(0, MOST_PAGES).map((page) => this.#shown(page, groups.get(page) ?? [], meant));
    const found = [...this.#comparison(read, query), ...pages];
    const missing = typed.filter((word, place) => !isEmpty(word) && !this.#isRecorded(word, place === typed.length - 1));
    return {
      found,
      read: changed ? read.map((word) => this.#written.get(word) ?? word).join(" ") : "",
      missing: query.split(/\s+/).filter((part) => words(part).some((word) => missing.includes(word))),
      near: found.length > 0 ? [] : unique(missing.flatMap((word) => this.#nearestNames(word))).slice(0, MOST_NEAR),
    };
  }

  /** Words without blanks that split one: "LAL 2116" is "LAL2116" where no record has "LAL". */
  #merged(typed: string[]): string[] {
    const at = typed.findIndex((word, place) => !this.#recorded.has(word) && this.#recorded.has(`${word}${typed[place + 1]}`));
    return at < 0 ? typed : this.#merged(typed.toSpliced(at, 2, `${typed[at]}${typed[at + 1]}`));
  }

  /** Whether a record has a word, or a longer one that the last word of a query may become. */
  #isRecorded(word: string, isLast: boolean): boolean {
    if (this.#recorded.has(word)) return true;
    const begun = (one: string): boolean => one.startsWith(word) && (isLast || this.#words.get(one) === 2);
    return !isNumber(word) && word.length > 2 && [...this.#recorded].some(begun);
  }

  /** The words of names that differ least from one that stands nowhere, as they are written. */
  #nearestNames(word: string): string[] {
    const most = /\d/.test(word) ? 0 : Math.floor(word.length / 2);
    const near = [...this.#written].flatMap(([one, written]) => {
      const isLike = one.length > 3 && one[0] === word[0] && this.#recorded.has(one);
      const away = isLike ? distance(word, one, most) : Infinity;
      return away > most ? [] : [{ written, away }];
    });
    return near.sort((a, b) => a.away - b.away).map(({ written }) => written.replace(/[,;:]$/, ""));
  }

  /** "A vs B" asks for the page that compares two regimens, of the endpoint that is named with them. */
  #comparison(read: string[], query: string): Found[] {
    if (!read.some((word) => VERSUS.has(word))) return [];
    const named = this.#namesIn(read, query).map((all) => all.map((id) => this.#entries[id]!));
    // A drug that is named stands for the regimen of its name.
    const alike = (all: Known[]): Known[] => [...all, ...this.#entries.filter((one) => one.title === all[0]?.title)];
    const of = (kind: string): Known[] => named.flatMap((all) => alike(all).find((one) => one.kind === kind && one.size > 0) ?? []);
    const joined = read.join("");
    const place = (one: Known): number => Math.max(...one.called.map((name) => joined.indexOf(name)));
    const regimens = of("Regimen").toSorted((a, b) => place(a) - place(b));
    if (regimens.length !== 2) return [];
    const chosen = [...regimens, ...of("Endpoint").slice(0, 1)].map(({ kind, url }) => `${kind.toLowerCase()}=${url.split("/")[1]}`);
    const title = `Compare ${regimens.map((one) => one.title).join(" and ")}`;
    return [{ url: `compare/#${chosen.join("&")}`, title, kind: "Page", figure: "", snippet: "Comparisons and results by study", parts: [] }];
  }

  /** The words of a query, those that stand nowhere replaced by the nearest that finds most with the others. */
  #read(typed: string[]): string[] {
    if (this.#named.has(typed.join(""))) return typed;
    let read = typed;
    typed.forEach((word, place) => {
      const queries = this.#nearest(word, place === typed.length - 1).map((one) => read.with(place, one));
      const best = (query: string[]): number => Math.max(0, ...[...this.#scores(withoutEmpty(query), query.join("")).values()].map((one) => one.score));
      if (queries.length > 1) queries.sort((a, b) => best(b) - best(a));
      read = queries[0] ?? read;
    });
    return read;
  }

  /** The words that a word was most likely meant to be, where it stands nowhere and begins none. */
  #nearest(word: string, isLast: boolean): string[] {
    const most = mayDiffer(word);
    if (most === 0 || isEmpty(word) || this.#words.has(word)) return [];
    const all = [...this.#words.keys()];
    if ((isLast || word.length > 3) && all.some((one) => one.startsWith(word))) return [];
    const near = all.flatMap((one) => {
      const away = isNumber(one) || one.length < 3 ? Infinity : distance(word, one, most);
      return away > most ? [] : [{ one, cost: away - (one[0] === word[0] ? 0.4 : 0) - this.#words.get(one)! * 0.25 }];
    });
    const least = Math.min(...near.map(({ cost }) => cost));
    return near.filter(({ cost }) => cost <= least + 0.5).map(({ one }) => one);
  }

  /** The score of every entry and claim that has some of the words; who has more of them counts more. */
  #scores(meant: string[], joined: string): Map<number, Score> {
    const last = meant.at(-1);
    const begins = (word: string): boolean => !isNumber(word) && (word === last ? word.length > 1 : word.length > 3);
    const results = this.#mini.search(meant.join(" "), { prefix: begins, boost: { names: 4, figure: 3 }, weights: { prefix: 0.3, fuzzy: 0 } });
    return new Map(
      results.map(({ id, score, queryTerms }) => {
        const share = new Set(queryTerms).size / new Set(meant).size;
        const begun = this.#entries[id as number]?.called.some((name) => name.startsWith(joined)) ? 3 : 1;
        return [id as number, { share, score: score * share * share * begun * this.#weight(id as number) }];
      }),
    );
  }

  #weight(id: number): number {
    const entry = this.#entries[id];
    if (entry) return (this.#weights[entry.kind] ?? 1) * (1 + Math.log10(1 + entry.size) / 20);
    const { study, standing, figure } = this.#claims[id - this.#entries.length]!;
    const is = (standing.startsWith("set aside") ? 0.7 : standing ? 0.97 : 1) * (/\d/.test(figure) ? 1 : 0.6);
    return is * this.#weights["Claim"]! * (1 + Math.log10(1 + this.#entries[study]!.size) / 10) * (1 + 0.3 / (1 + study));
  }

  /** The parts of pages that were found, by the entry of their page, best first. */
  #grouped(scores: Map<number, Score>): Map<number, number[]> {
    const groups = new Map<number, number[]>();
    for (const [id] of [...scores].sort((a, b) => b[1].score - a[1].score)) {
      const page = this.#page(id);
      const group = groups.get(page);
      if (group) group.push(id);
      else groups.set(page, [id]);
    }
    return groups;
  }

  #page(id: number): number {
    return id < this.#entries.length ? id : this.#claims[id - this.#entries.length]!.study;
  }

  /** Pages in order: those whose name was typed, at most two of them before the best page of another name. */
  #ordered(groups: Map<number, number[]>, scores: Map<number, Score>, read: string[], query: string): number[] {
    const joined = read.join("");
    const weight = (page: number): number => this.#weight(page) + (this.#entries[page]!.called.includes(joined) ? 10 : 0);
    const byWeight = (a: number, b: number): number => weight(b) - weight(a);
    const share = (page: number): number => Math.max(0, ...(groups.get(page) ?? []).map((id) => scores.get(id)!.share));
    const isStudy = (page: number): boolean => /^(Study|Analysis)$/.test(this.#entries[page]!.kind);
    const exact = this.#named.get(joined) ?? [];
    const ranked = unique([...this.#withAllNumbers(groups, read), ...groups.keys()]);
    if (exact.length > 0) {
      const same = exact.toSorted(byWeight);
      const study = ranked.filter((page) => share(page) === 1 && isStudy(page));
      return unique([...same.slice(0, 2), ...study.slice(0, 1), ...same, ...ranked]);
    }
    const named = this.#namesIn(read, query)
      .map((all) => all.toSorted((a, b) => share(b) - share(a) || byWeight(a, b)))
      .sort((a, b) => Number(isStudy(b[0]!)) - Number(isStudy(a[0]!)));
    const combined = this.#combined.get(this.#titles(named));
    const firsts = [...(combined === undefined ? [] : [combined]), ...named.map((all) => all[0]!)].slice(0, 2);
    const whole = ranked.filter((page) => scores.get(page)?.share === 1 && this.#entries[page]!.kind !== "Page");
    const next = ranked.filter((page) => !named.flat().includes(page));
    return unique([...whole.slice(0, 1), ...firsts, ...next.slice(0, 1), ...named.flat(), ...ranked]);
  }

  /** The pages of studies that give all numbers of a query for one endpoint: each arm has a claim of its own. */
  #withAllNumbers(groups: Map<number, number[]>, read: string[]): number[] {
    const numbers = unique(read.filter(isNumber));
    if (numbers.length < 2) return [];
    return [...groups].flatMap(([page, found]) => {
      const figures = new Map<string, string[]>();
      for (const id of found) {
        const claim = this.#claims[id - this.#entries.length];
        if (!claim) continue;
        const key = `${claim.about[0]} ${claim.detail}`;
        figures.set(key, [...(figures.get(key) ?? []), ...words(claim.figure)]);
      }
      return [...figures.values()].some((one) => numbers.every((number) => one.includes(number))) ? [page] : [];
    });
  }

  /** The entries that are named in a query, by name, the longest first; none within another. */
  #namesIn(read: string[], query: string): number[][] {
    const typed = new Set(query.match(/[\p{L}\p{N}]+/gu));
    const taken = read.map(() => false);
    const found: number[][] = [];
    for (let length = Math.min(read.length, LONGEST_NAME); length > 0; length--) {
      for (let from = 0; from + length <= read.length; from++) {
        const part = read.slice(from, from + length);
        const named = this.#named.get(part.join(""));
        // "all" is a word, "ALL" may be a name.
        const isName = part.some((word) => !isEmpty(word)) || typed.has(part.join("").toUpperCase());
        if (!named || !isName || taken.slice(from, from + length).includes(true) || part.every(isNumber)) continue;
        taken.fill(true, from, from + length);
        found.push(named);
      }
    }
    return found;
  }

  /** A page, and the claims on it that were found by more than its own name. */
  #shown(page: number, found: number[], meant: string[]): Found {
    const { url, title, kind, snippet, of } = this.#entries[page]!;
    const isMore = meant.some((word) => !of.includes(word));
    const claims = isMore ? found.filter((id) => id >= this.#entries.length) : [];
    const parts = claims.map((id) => this.#claim(this.#claims[id - this.#entries.length]!));
    return { url, title, kind, figure: "", snippet, parts: distinct(parts).slice(0, MOST_PARTS) };
  }

  #claim(claim: Claim): Part {
    const { url } = this.#entries[claim.study]!;
    const endpoint = this.#entries[claim.about[0] ?? -1]?.title ?? "";
    const title = [endpoint, claim.detail].filter(Boolean).join(" · ");
    return { url: `${url}#${claim.id}`, title, figure: claim.figure, who: claim.who, snippet: [claim.who, claim.standing].filter(Boolean).join(" · ") };
  }
}

/** Parts without those that show the same: one figure is printed in several places. */
function distinct(parts: Part[]): Part[] {
  const first = new Map<string, Part>();
  for (const part of parts) {
    const shown = [part.title, part.figure, part.who].join("\n");
    if (!first.has(shown)) first.set(shown, part);
  }
  return [...first.values()];
}

// The index of the search as it is loaded: entries of pages and claims, with their names as words.

import { at, type Packed } from "./packed";
import { isEmpty, words } from "./typed";

/** The file of the index: data/search_index.py. */
export interface Index {
  weights: Record<string, number>;
  pages: Columns<Entry>;
  claims: Columns<Claim>;
}
type Columns<T> = { [K in keyof T]: Packed<T[K]> };

export interface Entry {
  url: string;
  title: string;
  kind: string;
  names: string[];
  text: string;
  snippet: string;
  size: number;
}

/** An entry with the words of its names, and its names as one word each, also without empty words. */
export interface Known extends Entry {
  of: string[];
  called: string[];
  bare: string[];
}

export interface Claim {
  study: number;
  id: string;
  about: number[];
  detail: string;
  figure: string;
  who: string;
  also: string;
  standing: string;
}

export function known(entry: Entry): Known {
  const every = [entry.title, ...entry.names].map(words);
  return { ...entry, of: unique(every.flat()), called: unique(every.map((name) => name.join(""))), bare: unique(every.map((name) => withoutEmpty(name).join(""))) };
}

/** The words of a name, and two and all of them joined. */
export function joinedWords(name: string): string {
  const all = words(name);
  const pairs = all.slice(1).map((word, place) => `${all[place]}${word}`);
  return [...new Set([...all, ...pairs, all.join("")])].filter((word) => word.length < 40).join(" ");
}

export function rows<T>(columns: Columns<T>): T[] {
  const names = Object.keys(columns) as (keyof T)[];
  const length = names[0] === undefined ? 0 : columns[names[0]].codes.length;
  return Array.from({ length }, (_, row) => Object.fromEntries(names.map((name) => [name, at(columns[name], row)])) as T);
}

/** The words that name something, or all if none does. */
export function withoutEmpty(read: string[]): string[] {
  const full = read.filter((word) => !isEmpty(word));
  return full.length > 0 ? full : read;
}

export function unique<T>(all: T[]): T[] {
  return [...new Set(all)];
}

// The text of a query: its tokens, forbidden keywords, prefixes, and the values in it.
import type { Fault, Form } from "./messages";
import { nearest } from "./unknown";

// The same tokens as in kb.stores.safety, so that page and server refuse the same queries.
const TOKENS =
  /(?<iri><(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>)|"""(?:[^"\\]|\\.|"(?!""))*"""|'''(?:[^'\\]|\\.|'(?!''))*'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|#[^\n\r]*|[?$]\w+|(?<prefix>[\w.-]*):(?:[\w.:%-]|\\.)*|(?<word>[A-Za-z]+)|[\d_.-]+|(?<brace>\{)/gs;
const FORBIDDEN = new Set(["LOAD", "INSERT", "DELETE", "CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD"]);
const FORMS = new Set<string>(["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"]);
export const MAX_QUERY = 100_000;

/** Why a query is refused before it runs, and where. */
export function refusal(text: string): Fault | null {
  if (text.length > MAX_QUERY) return { message: "A query has at most 100,000 characters." };
  for (const token of text.matchAll(TOKENS)) {
    const word = forbidden(token);
    if (word) {
      const message = `${word} is not allowed: queries read this dataset only.`;
      return { message, ...placeOf(text, token.index) };
    }
  }
  return null;
}

/** Engines read keywords without the space around them: `SERVICESILENT` is refused too. */
function forbidden(token: RegExpExecArray): string {
  const word = (token.groups?.["word"] ?? "").toUpperCase();
  const parts = [word, (token.groups?.["prefix"] ?? "").toUpperCase()];
  if (parts.some((part) => part.includes("SERVICE"))) return "SERVICE";
  return FORBIDDEN.has(word) ? word : "";
}

function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** The form of a query; the engine explains any other text. */
export function formOf(text: string): Form {
  for (const token of text.matchAll(TOKENS)) {
    const word = (token.groups?.["word"] ?? "").toUpperCase();
    if (FORMS.has(word)) return word as Form;
  }
  return "SELECT";
}

/** Whether a query names its graphs with FROM. */
export function namesGraphs(text: string): boolean {
  return [...text.matchAll(TOKENS)].some((token) => token.groups?.["word"]?.toUpperCase() === "FROM");
}

/** Declares the known prefixes that a query uses and does not declare, on a line of their own. */
export function withPrefixes(text: string, known: Record<string, string>): { text: string; lines: number } {
  const declared = new Set<string>();
  const used = new Set<string>();
  let last = "";
  for (const token of text.matchAll(TOKENS)) {
    const prefix = token.groups?.["prefix"];
    if (prefix !== undefined) (last === "PREFIX" ? declared : used).add(prefix);
    if (!token[0].startsWith("#")) last = (token.groups?.["word"] ?? "").toUpperCase();
  }
  const missing = [...used].filter((prefix) => prefix in known && !declared.has(prefix));
  if (!missing.length) return { text, lines: 0 };
  return { text: `${missing.map((p) => `PREFIX ${p}: <${known[p]}>`).join(" ")}\n${text}`, lines: 1 };
}

/** The IRIs that a query names, whole or by a prefix that it declares or that is known. */
export function namesIn(text: string, known: Record<string, string>): readonly string[] {
  const prefixes = { ...known };
  const names: string[] = [];
  let [before, last] = ["", ""];
  for (const token of text.matchAll(TOKENS)) {
    const { iri, prefix, word } = token.groups ?? {};
    if (iri && before === "PREFIX") prefixes[last.slice(0, -1)] = iri.slice(1, -1);
    else if (iri) names.push(iri.slice(1, -1));
    else if (prefix !== undefined && last !== "PREFIX" && prefix in prefixes) {
      names.push(prefixes[prefix] + token[0].slice(prefix.length + 1).replace(/\\(.)/g, "$1"));
    }
    if (!token[0].startsWith("#")) [before, last] = [last, word?.toUpperCase() ?? token[0]];
  }
  return names;
}

/** The place after the first brace of a query, or -1. */
export function patternStart(text: string): number {
  for (const token of text.matchAll(TOKENS)) if (token.groups?.["brace"]) return token.index + 1;
  return -1;
}

function valuesOf(name: string): RegExp {
  return new RegExp(`(VALUES\\s+\\?${name}\\s*\\{\\s*)(<[^>\\s]*>|"(?:[^"\\\\\\n]|\\\\.)*"|[\\w-]+:[\\w.%-]*)(\\s*\\})`, "i");
}

/** The term that a query binds to a variable by `VALUES ?name { term }`, or "". */
export function boundTerm(text: string, name: string): string {
  return valuesOf(name).exec(text)?.[2] ?? "";
}

/** Puts another term into `VALUES ?name { term }`. */
export function rebind(text: string, name: string, term: string): string {
  return text.replace(valuesOf(name), (_, before: string, __, after: string) => before + term + after);
}

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A query as it was written, and what was put before it when it was sent. */
export interface Sent {
  readonly text: string;
  readonly addedLines: number;
  /** The prefixes that need no declaration. */
  readonly prefixes: readonly string[];
}

/**
 * Rewrites an error message of the engine for readers. The engine reports the farthest place that
 * its parser reached; `suspect` is a possible cause before it.
 */
export function plainly(fault: Fault, query: Sent, suspect: Place | null = null): Fault {
  const { text, addedLines } = query;
  const line = fault.line === undefined ? undefined : Math.max(1, fault.line - addedLines);
  const column = fault.column;
  const place = line === undefined || column === undefined ? {} : { line, column };
  if (/Prefix not found/.test(fault.message)) {
    const before = text.split("\n")[(line ?? 1) - 1]?.slice(0, (column ?? 1) - 1) ?? "";
    const name = /([\w.-]*):[\w.-]*$/.exec(before)?.[1] ?? "";
    const near = nearest(name, query.prefixes);
    return { message: `The prefix ${name}: is not declared${near ? `; did you mean ${near}:?` : "."}`, ...place };
  }
  const expected = /expected (?:one of )?([\s\S]+)$/.exec(fault.message)?.[1];
  if (place.line === undefined || !expected) return { message: fault.message, ...place };
  const words = expected.replace(/\[[^\]]*\]/g, "").match(/"(?:[^"\\]|\\.)+"|\b[A-Z][A-Z_]+\b/g) ?? [];
  const wanted = [...new Set(words)].slice(0, 8).map((word) => word.replaceAll('"', "")).join("  ");
  if (suspect && isBefore(suspect, place as Place)) {
    return { message: `The query is not well formed ${near(text, suspect)}.`, ...suspect };
  }
  const where = near(text, place as Place);
  return { message: `The query is not well formed ${where}.${wanted ? ` Expected: ${wanted}` : ""}`, ...place };
}

function isBefore(a: Place, b: Place): boolean {
  return a.line < b.line || (a.line === b.line && a.column < b.column);
}

function near(text: string, { line, column }: Place): string {
  const after = text.split("\n")[line - 1]?.slice(column - 1) ?? "";
  const found = /^\s*([^\s(){}]+|\S)/.exec(after)?.[1];
  return found ? `at “${found.slice(0, 24)}”` : `at the end of line ${line}`;
}

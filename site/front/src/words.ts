// Completion and explanation: every word by its name and by its label, variables, keywords.
import type { Completion, CompletionContext, CompletionResult, CompletionSource } from "@codemirror/autocomplete";
import { syntaxTree } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { hoverTooltip } from "@codemirror/view";
import type { Offered, Word } from "./offered";

const KEYWORDS =
  "SELECT DISTINCT WHERE OPTIONAL FILTER UNION MINUS GRAPH VALUES BIND ORDER BY GROUP HAVING LIMIT OFFSET ASK CONSTRUCT DESCRIBE PREFIX FROM NAMED EXISTS NOT IN AS ASC DESC COUNT SUM AVG MIN MAX SAMPLE GROUP_CONCAT STR LANG REGEX CONTAINS STRSTARTS STRAFTER STRBEFORE LCASE UCASE REPLACE IF COALESCE BOUND ABS ROUND xsd:decimal xsd:integer".split(
    " ",
  );

export function completing(offered: Offered): CompletionSource {
  const named = offered.words.filter(({ term }) => !term.startsWith("<")).map(byName);
  const labelled = offered.words.filter(({ label }) => label).map(byLabel);
  const prefixes = Object.keys(offered.prefixes).map((name): Completion => ({ label: `${name}:`, type: "namespace", boost: 5 }));
  const keywords = KEYWORDS.map((label): Completion => ({ label, type: "keyword", boost: 10 }));
  const general = [...keywords, ...prefixes, ...labelled];
  return (context) => complete(context, named, general);
}

function complete(context: CompletionContext, named: Completion[], general: Completion[]): CompletionResult | null {
  const inside = syntaxTree(context.state).resolveInner(context.pos, -1).name;
  if (inside === "Comment" || inside === "String") return null;
  const variable = context.matchBefore(/[?$]\w*/);
  if (variable) return { from: variable.from, options: variables(context), validFor: /^[?$]\w*$/ };
  const prefixed = context.matchBefore(/[A-Za-z][\w-]*:[\w-]*/);
  if (prefixed) {
    const start = prefixed.text.replace(/:.*/, ":");
    const options = named.filter(({ label }) => label.startsWith(start));
    return { from: prefixed.from, options, validFor: /^[\w-]*:[\w-]*$/ };
  }
  const words = context.matchBefore(/[A-Za-z][\w-]*(?: [A-Za-z][\w-]*){0,3}/)?.text.split(" ") ?? [];
  const typed = phrase(words, general);
  if (!context.explicit && typed.length < 2) return null;
  return { from: context.pos - typed.length, options: general, validFor: typed.includes(" ") ? /^[\w -]*$/ : /^[\w-]*$/ };
}

/** The longest run of last words that occurs in a label; else the last word. */
function phrase(words: readonly string[], among: readonly Completion[]): string {
  for (let from = 0; from < words.length - 1; from++) {
    const typed = words.slice(from).join(" ");
    if (among.some(({ label }) => label.toLowerCase().includes(typed.toLowerCase()))) return typed;
  }
  return words.at(-1) ?? "";
}

function variables(context: CompletionContext): Completion[] {
  const text = context.state.doc.toString();
  const here = context.matchBefore(/[?$]\w*/)?.text;
  const found = new Map<string, number>();
  for (const [name] of text.matchAll(/[?$]\w+/g)) found.set(name, (found.get(name) ?? 0) + 1);
  const others = [...found].filter(([name, times]) => name !== here || times > 1);
  return others.map(([label]) => ({ label, type: "variable" }));
}

function byName(word: Word): Completion {
  return { label: word.term, detail: word.label, type: word.kind, ...info(word) };
}

function byLabel(word: Word): Completion {
  return { label: word.label, detail: word.term, apply: word.term, type: word.kind, ...info(word) };
}

function info(word: Word): Pick<Completion, "info"> {
  return word.about ? { info: word.about } : {};
}

/** The meaning of the word under the pointer. */
export function aboutWord(offered: Offered): Extension {
  return hoverTooltip((view, position) => {
    const line = view.state.doc.lineAt(position);
    for (const found of line.text.matchAll(/[A-Za-z][\w-]*:[\w-]+|<[^<>\s]+>/g)) {
      const from = line.from + found.index;
      const to = from + found[0].length;
      const word = position >= from && position <= to ? offered.word(found[0]) : undefined;
      if (word) return { pos: from, end: to, above: true, create: () => ({ dom: explained(word) }) };
    }
    return null;
  });
}

function explained(word: Word): HTMLElement {
  const box = document.createElement("div");
  const name = document.createElement("b");
  box.className = "cm-word";
  name.textContent = word.label;
  box.append(name, ` · ${word.kind}`);
  if (word.about) box.append(document.createElement("br"), word.about);
  return box;
}

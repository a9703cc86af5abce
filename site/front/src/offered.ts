// What the build gives the console: the words of the dataset, and its questions.
import { patternStart } from "./sparql";

export interface Word {
  readonly term: string;
  readonly kind: string;
  readonly label: string;
  readonly about?: string;
  /** The value that stands for the word in a parameter of a question, if any. */
  readonly value?: string;
}

export interface Parameter {
  readonly name: string;
  readonly kind: string;
  readonly optional: boolean;
  readonly value: string;
}

export interface Question {
  readonly name: string;
  readonly question: string;
  readonly why: string;
  readonly sparql: string;
  readonly parameters: readonly Parameter[];
}

interface Written {
  readonly base: string;
  readonly prefixes: Record<string, string>;
  readonly questions: readonly Question[];
  readonly words: readonly Word[];
}

export type Values = Readonly<Record<string, string>>;

export class Offered {
  readonly base: string;
  readonly prefixes: Record<string, string>;
  readonly questions: readonly Question[];
  readonly words: readonly Word[];
  readonly #byTerm: ReadonlyMap<string, Word>;

  constructor(written: Written) {
    ({ base: this.base, prefixes: this.prefixes, questions: this.questions, words: this.words } = written);
    this.#byTerm = new Map(this.words.map((word) => [word.term, word]));
  }

  question(name: string): Question | undefined {
    return this.questions.find((one) => one.name === name);
  }

  word(term: string): Word | undefined {
    return this.#byTerm.get(term) ?? this.#byTerm.get(this.shortened(term.replace(/^<(.*)>$/, "$1")));
  }

  ofKind(kind: string): readonly Word[] {
    return this.words.filter((word) => word.kind === kind && word.value);
  }

  /** The term for a value of a parameter, or "" when there is none. */
  term(parameter: Parameter, value: string): string {
    const given = value.trim();
    if (parameter.kind === "text") return given ? JSON.stringify(given) : "";
    const wanted = given.toLowerCase();
    const words = this.ofKind(parameter.kind);
    const exact = words.find((word) => word.value === given);
    return (exact ?? words.find((w) => [w.value, w.label, w.term].some((t) => t?.toLowerCase() === wanted)))?.term ?? "";
  }

  /** The value of a parameter for a term in a query. */
  value(parameter: Parameter, term: string): string {
    if (parameter.kind === "text") return term.replace(/^"(.*)"$/s, "$1");
    return this.word(term)?.value ?? "";
  }

  /** An IRI with its prefix, or as it is. */
  shortened(iri: string): string {
    const fits = Object.entries(this.prefixes).filter(([, start]) => iri.startsWith(start));
    const best = fits.sort(([, a], [, b]) => b.length - a.length)[0];
    return best ? `${best[0]}:${iri.slice(best[1].length)}` : iri;
  }

  /** The address of the page of an IRI of the dataset, or "". */
  page(iri: string, root: string): string {
    if (!iri.startsWith(this.base)) return "";
    const [path = "", fragment] = iri.slice(this.base.length).split("#", 2);
    return `${root}${path.replace(/\/?$/, "/")}${fragment === undefined ? "" : `#${fragment}`}`;
  }

  /** A question as SPARQL: with its prefixes, and the values of its parameters in its pattern. */
  compose(question: Question, values: Values): string {
    const given = question.parameters.flatMap((parameter) => {
      const term = this.term(parameter, values[parameter.name] ?? "");
      return term ? [{ name: parameter.name, term }] : [];
    });
    const names = new Set(given.map(({ name }) => name));
    const kept = question.sparql.split("\n").flatMap((line) => {
      const condition = /\s*# if \?(\w+)\s*$/.exec(line);
      if (!condition) return [line];
      return names.has(condition[1] ?? "") ? [line.slice(0, condition.index)] : [];
    });
    const body = kept.join("\n");
    const at = patternStart(body);
    const bound = given.map(({ name, term }) => `\n  VALUES ?${name} { ${term} }`).join("");
    const text = body.slice(0, at) + bound + body.slice(at);
    const used = Object.entries(this.prefixes).filter(([name]) => new RegExp(`(?<![\\w-])${name}:`).test(text));
    return [...used.map(([name, iri]) => `PREFIX ${name}: <${iri}>`), text].join("\n").trim();
  }
}

// The engine, in a worker: loads the dataset, answers, sorts and writes downloads.
import { initSync, Store, type Quad, type Term } from "oxigraph/web.js";
import type { Answer, Cell, Exchange, Fault, Form, Format, Reply, Request, Row, Sorting } from "./messages";
import { asCsv } from "./saving";
import { namesGraphs } from "./sparql";

const XSD = "http://www.w3.org/2001/XMLSchema#";
const NUMBERS = new Set(
  ["integer", "decimal", "double", "float", "nonNegativeInteger", "positiveInteger", "int", "long"].map((t) => XSD + t),
);

interface Held {
  readonly form: Form;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<Request>) => void) | null;
  postMessage(reply: Reply): void;
};

let store: Store | null = null;
let empty: Store | null = null;
let held: Held = { form: "SELECT", columns: [], rows: [] };

function load({ module, dataset }: Exchange["load"]["request"]): Exchange["load"]["reply"] {
  initSync({ module });
  empty = new Store();
  store = new Store();
  store.load(dataset, { format: "application/trig" });
  return { quads: store.size };
}

/** Parses a query by running it on an empty store. */
function check({ text }: Exchange["check"]["request"]): Fault | null {
  try {
    empty?.query(text);
    return null;
  } catch (error) {
    return fault(error);
  }
}

/** Queries the union of all graphs, unless the query names graphs with FROM. */
function evaluate(text: string, form: Form): Held {
  if (!store) throw new Error("the dataset is not loaded");
  const isRows = form === "SELECT" || form === "ASK";
  const found = store.query(text, {
    use_default_graph_as_union: !namesGraphs(text),
    ...(isRows ? { results_format: "json" } : {}),
  });
  return typeof found === "string" ? readJson(form, found) : readQuads(form, found as Quad[]);
}

interface JsonTerm {
  readonly type: string;
  readonly value: unknown;
  readonly datatype?: string;
  readonly "xml:lang"?: string;
}

function readJson(form: Form, text: string): Held {
  const found = JSON.parse(text) as {
    boolean?: boolean;
    head: { vars?: string[] };
    results?: { bindings: Record<string, JsonTerm>[] };
  };
  if (found.boolean !== undefined) {
    const cell: Cell = { is: "literal", v: String(found.boolean), type: `${XSD}boolean` };
    return { form, columns: ["answer"], rows: [[cell]] };
  }
  const columns = found.head.vars ?? [];
  const rows = (found.results?.bindings ?? []).map((one) => columns.map((name) => jsonCell(one[name])));
  return { form, columns, rows };
}

function jsonCell(term: JsonTerm | undefined): Cell | null {
  if (!term) return null;
  const value = typeof term.value === "string" ? term.value : JSON.stringify(term.value);
  if (term.type === "uri") return { is: "iri", v: value };
  if (term.type === "bnode") return { is: "blank", v: value };
  return literal(value, term.datatype, term["xml:lang"]);
}

function literal(value: string, type?: string, lang?: string): Cell {
  const number = type && NUMBERS.has(type) ? Number(value) : NaN;
  return {
    is: "literal",
    v: value,
    ...(Number.isNaN(number) ? {} : { n: number }),
    ...(type ? { type } : {}),
    ...(lang ? { lang } : {}),
  };
}

function readQuads(form: Form, quads: readonly Quad[]): Held {
  const unique = new Map(quads.map((quad) => [quad.toString(), quad]));
  const sorted = [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, quad]) => quad);
  const rows = sorted.map((quad) => [quad.subject, quad.predicate, quad.object].map(termCell));
  return { form, columns: ["subject", "predicate", "object"], rows };
}

function termCell(term: Term): Cell {
  if (term.termType === "NamedNode") return { is: "iri", v: term.value };
  if (term.termType === "BlankNode") return { is: "blank", v: term.value };
  if (term.termType !== "Literal") return { is: "literal", v: term.toString() };
  return literal(term.value, term.datatype.value, term.language);
}

function ask({ text, form, most }: Exchange["ask"]["request"]): Answer {
  const begun = performance.now();
  held = evaluate(text, form);
  const { columns, rows } = held;
  const numeric = columns.map((_, at) => {
    const filled = rows.filter((row) => row[at]);
    return filled.length > 0 && filled.every((row) => row[at]?.n !== undefined);
  });
  const milliseconds = performance.now() - begun;
  return { form, columns, numeric, total: rows.length, milliseconds, rows: rows.slice(0, most) };
}

function sorted(sorting: Sorting | null, most: number): readonly Row[] {
  if (!sorting) return held.rows.slice(0, most);
  const { column, descending } = sorting;
  const order = new Intl.Collator("en", { numeric: true });
  const compare = (a: Row, b: Row): number => {
    const [x, y] = [a[column], b[column]];
    if (!x || !y) return Number(!x) - Number(!y); // what is missing comes last either way
    const by = x.n !== undefined && y.n !== undefined ? x.n - y.n : order.compare(x.v, y.v);
    return descending ? -by : by;
  };
  return [...held.rows].sort(compare).slice(0, most);
}

function save(format: Format): string {
  if (format === "csv") return asCsv(held.columns, held.rows.map((row) => row.map((cell) => cell?.v ?? "")));
  return format === "nt" ? held.rows.map((row) => `${row.map(nTriples).join(" ")} .\n`).join("") : json();
}

function json(): string {
  if (held.form === "ASK") return JSON.stringify({ head: {}, boolean: held.rows[0]?.[0]?.v === "true" });
  const bindings = held.rows.map((row) =>
    Object.fromEntries(held.columns.flatMap((name, at) => (row[at] ? [[name, jsonTerm(row[at])]] : []))),
  );
  return JSON.stringify({ head: { vars: held.columns }, results: { bindings } });
}

function jsonTerm(cell: Cell): JsonTerm {
  if (cell.is !== "literal") return { type: cell.is === "iri" ? "uri" : "bnode", value: cell.v };
  return {
    type: "literal",
    value: cell.v,
    ...(cell.lang ? { "xml:lang": cell.lang } : cell.type ? { datatype: cell.type } : {}),
  };
}

function nTriples(cell: Cell | null): string {
  if (!cell) return "";
  if (cell.is !== "literal") return cell.is === "iri" ? `<${cell.v}>` : `_:${cell.v}`;
  const kind = cell.lang ? `@${cell.lang}` : cell.type && cell.type !== `${XSD}string` ? `^^<${cell.type}>` : "";
  return `${JSON.stringify(cell.v)}${kind}`;
}

function fault(error: unknown): Fault {
  const message = error instanceof Error ? error.message : String(error);
  const at = /\b(?:at|error at) (\d+):(\d+)/.exec(message);
  return at ? { message, line: Number(at[1]), column: Number(at[2]) } : { message };
}

function answer(request: Request): unknown {
  switch (request.what) {
    case "load":
      return load(request);
    case "check":
      return check(request);
    case "ask":
      return ask(request);
    case "rows":
      return sorted(request.sorting, request.most);
    case "save":
      return save(request.format);
  }
}

scope.onmessage = ({ data: request }) => {
  try {
    scope.postMessage({ id: request.id, reply: answer(request) });
  } catch (error) {
    scope.postMessage({ id: request.id, fault: fault(error) });
  }
};

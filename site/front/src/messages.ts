// The messages between the console and its worker.

/** A term of an answer; `n` is its number, where its datatype is one. */
export interface Cell {
  readonly is: "iri" | "blank" | "literal";
  readonly v: string;
  readonly n?: number;
  readonly type?: string;
  readonly lang?: string;
}
export type Row = readonly (Cell | null)[];
export type Form = "SELECT" | "ASK" | "CONSTRUCT" | "DESCRIBE";
export type Format = "csv" | "json" | "nt";

export interface Sorting {
  readonly column: number;
  readonly descending: boolean;
}

/** The place of a syntax error, counted from 1 as in the engine's messages. */
export interface Fault {
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
}

export interface Answer {
  readonly form: Form;
  readonly columns: readonly string[];
  /** Which columns hold numbers. */
  readonly numeric: readonly boolean[];
  readonly total: number;
  readonly milliseconds: number;
  /** The first rows; the others stay in the worker until requested. */
  readonly rows: readonly Row[];
}

/** The requests to the worker, each with its reply. */
export interface Exchange {
  load: { request: { module: WebAssembly.Module; dataset: Uint8Array }; reply: { quads: number } };
  check: { request: { text: string }; reply: Fault | null };
  ask: { request: { text: string; form: Form; most: number }; reply: Answer };
  rows: { request: { sorting: Sorting | null; most: number }; reply: readonly Row[] };
  save: { request: { format: Format }; reply: string };
}
export type Asking = keyof Exchange;

export type Request = {
  [K in Asking]: { id: number; what: K } & Exchange[K]["request"];
}[Asking];

export type Reply = { id: number; reply: unknown } | { id: number; fault: Fault };

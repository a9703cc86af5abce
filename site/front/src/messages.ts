// What the console and its worker say to each other.

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

/** A place where the engine gave up, counted from 1 as in its messages. */
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
  /** The first rows; the others stay in the worker until they are asked for. */
  readonly rows: readonly Row[];
}

/** Each thing that can be asked of the worker, with what it answers. */
export interface Exchange {
  load: { asked: { module: WebAssembly.Module; dataset: Uint8Array }; told: { quads: number } };
  check: { asked: { text: string }; told: Fault | null };
  ask: { asked: { text: string; form: Form; most: number }; told: Answer };
  rows: { asked: { sorting: Sorting | null; most: number }; told: readonly Row[] };
  save: { asked: { format: Format }; told: string };
}
export type Asking = keyof Exchange;

export type Request = {
  [K in Asking]: { id: number; what: K } & Exchange[K]["asked"];
}[Asking];

export type Reply = { id: number; told: unknown } | { id: number; fault: Fault };

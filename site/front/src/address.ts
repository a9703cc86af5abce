// The state of the console in the fragment of its address, so that every answer has a link.
import type { Values } from "./offered";

export type View = "table" | "chart";

/** A question with its values, or a query of the reader's own. */
export interface State {
  readonly question: string;
  readonly values: Values;
  readonly query: string;
  readonly view: View;
}

export function readAddress(hash: string): State | null {
  const params = new URLSearchParams(hash.replace(/^#/, ""));
  const view = params.get("view") === "chart" ? "chart" : "table";
  const { question = "", query = "", view: _, ...values } = Object.fromEntries(params);
  return question || query ? { question, query, values, view } : null;
}

export function writeAddress(state: State): string {
  const params = new URLSearchParams(state.query ? { query: state.query } : { question: state.question, ...state.values });
  if (state.view === "chart") params.set("view", "chart");
  return `#${params.toString()}`;
}

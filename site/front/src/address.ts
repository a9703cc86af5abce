// The state of the console in the fragment of its address, so that every answer can be linked to.
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
  const said = new URLSearchParams(hash.replace(/^#/, ""));
  const view = said.get("view") === "chart" ? "chart" : "table";
  const { question = "", query = "", view: _, ...values } = Object.fromEntries(said);
  return question || query ? { question, query, values, view } : null;
}

export function writeAddress(state: State): string {
  const said = new URLSearchParams(state.query ? { query: state.query } : { question: state.question, ...state.values });
  if (state.view === "chart") said.set("view", "chart");
  return `#${said.toString()}`;
}

// An answer as a table: sorted by column heads, with IRIs as links to their pages.
import type { Answer, Cell, Row, Sorting } from "./messages";
import type { Offered } from "./offered";

export interface TableWiring {
  readonly offered: Offered;
  readonly root: string;
  sort(sorting: Sorting | null): void;
  showMore(): void;
}

/** Draws the rows at hand, and their number. */
export function drawTable(into: HTMLElement, answer: Answer, rows: readonly Row[], sorting: Sorting | null, wiring: TableWiring): void {
  const box = element("div", "scroll");
  Object.assign(box, { tabIndex: 0, role: "region", ariaLabel: "Answer as a table" });
  const table = element("table", "answer");
  table.append(head(answer, sorting, wiring), body(answer, rows, wiring));
  box.append(table);
  const keep = into.querySelector(".scroll")?.scrollLeft ?? 0;
  into.replaceChildren(box, ...more(answer, rows, wiring));
  box.scrollLeft = keep;
}

function head(answer: Answer, sorting: Sorting | null, wiring: TableWiring): HTMLElement {
  const row = element("tr");
  row.append(
    ...answer.columns.map((name, at) => {
      const cell = element("th", answer.numeric[at] ? "num" : "");
      const button = element("button", "sort");
      const isThis = sorting?.column === at;
      cell.setAttribute("scope", "col");
      if (isThis) cell.setAttribute("aria-sort", sorting.descending ? "descending" : "ascending");
      button.setAttribute("type", "button");
      button.dataset["column"] = String(at);
      button.append(name, mark(isThis ? (sorting.descending ? "▼" : "▲") : ""));
      button.addEventListener("click", () => wiring.sort(next(at, sorting)));
      cell.append(button);
      return cell;
    }),
  );
  const part = element("thead");
  part.append(row);
  return part;
}

function mark(text: string): HTMLElement {
  const span = element("span", "sort-mark", text);
  span.setAttribute("aria-hidden", "true");
  return span;
}

/** Ascending, descending, then the order of the query again. */
function next(column: number, sorting: Sorting | null): Sorting | null {
  if (sorting?.column !== column) return { column, descending: false };
  return sorting.descending ? null : { column, descending: true };
}

function body(answer: Answer, rows: readonly Row[], wiring: TableWiring): HTMLElement {
  const part = element("tbody");
  part.append(
    ...rows.map((row) => {
      const line = element("tr");
      line.append(...row.map((cell, at) => drawn(cell, answer.numeric[at] ?? false, wiring)));
      return line;
    }),
  );
  return part;
}

function drawn(cell: Cell | null, isNumeric: boolean, wiring: TableWiring): HTMLElement {
  const td = element("td", isNumeric ? "num" : "");
  if (!cell) td.append(element("span", "detail-inline", "–"));
  else if (cell.is === "iri") td.append(link(cell.v, wiring));
  else if (cell.is === "blank") td.append(`_:${cell.v}`);
  else td.append(cell.v);
  if (cell?.lang) td.lang = cell.lang;
  return td;
}

function link(iri: string, { offered, root }: TableWiring): HTMLElement {
  const page = offered.page(iri, root);
  const short = offered.shortened(iri);
  if (!page && !/^https?:/.test(iri)) return element("span", "", short);
  const anchor = element("a", "", short);
  anchor.setAttribute("href", page || iri);
  if (!page) anchor.setAttribute("rel", "noreferrer");
  const label = offered.word(short)?.label;
  anchor.title = label ? `${label}\n${iri}` : iri;
  return anchor;
}

function more(answer: Answer, rows: readonly Row[], wiring: TableWiring): HTMLElement[] {
  if (rows.length >= answer.total) return [];
  const note = element("p", "console-more", `Showing the first ${count(rows.length)} of ${count(answer.total)} rows. `);
  const button = element("button", "console-button", "Show more");
  button.setAttribute("type", "button");
  button.addEventListener("click", wiring.showMore);
  note.append(button);
  return [note];
}

export function count(n: number): string {
  return n.toLocaleString("en");
}

export function element(name: string, className = "", text = ""): HTMLElement {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

/** The element with an id, which the page must have. */
export function partOf<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found as T;
}

// Tables of a comparison, whose rows become cards on a phone and keep their roles there.
import { element } from "./table";

/** A table with its heads; a row of one cell spans all columns. */
export function grid(title: string, heads: readonly string[], groups: readonly (readonly (readonly HTMLElement[])[])[], kind: string): HTMLElement {
  const box = element("div", "scroll");
  const made = element("table", kind);
  const top = element("thead");
  Object.assign(box, { tabIndex: 0, role: "region", ariaLabel: title });
  top.append(row(heads.map((text) => head(text))));
  made.append(top, ...groups.map((rows) => body(rows.map((cells) => row(named(cells, heads))))));
  for (const part of made.querySelectorAll("thead, tbody")) part.setAttribute("role", "rowgroup");
  made.setAttribute("role", "table");
  box.append(made);
  return box;
}

/** The head of a row: a name, and what tells it from others. */
export function rowHead(...content: readonly (HTMLElement | string)[]): HTMLElement {
  const made = element("th");
  made.setAttribute("scope", "row");
  made.setAttribute("role", "rowheader");
  made.append(...content);
  return made;
}

export function cell(kind = ""): HTMLElement {
  const made = element("td", kind);
  made.setAttribute("role", "cell");
  return made;
}

export function button(text: string, act: () => void, name = ""): HTMLElement {
  const made = element("button", "chosen-button", text);
  made.setAttribute("type", "button");
  if (name) made.setAttribute("aria-label", name);
  made.addEventListener("click", act);
  return made;
}

function head(text: string): HTMLElement {
  const made = element(text ? "th" : "td", "", text);
  made.setAttribute("role", text ? "columnheader" : "cell");
  if (text) made.setAttribute("scope", "col");
  return made;
}

/** On a phone a cell has no head above it, so that it names its column itself. */
function named(cells: readonly HTMLElement[], heads: readonly string[]): readonly HTMLElement[] {
  if (cells.length === 1) cells[0]?.setAttribute("colspan", String(heads.length));
  else for (const [at, one] of cells.entries()) if (at) one.dataset["column"] = heads[at] ?? "";
  return cells;
}

function row(cells: readonly HTMLElement[]): HTMLElement {
  const made = element("tr");
  made.setAttribute("role", "row");
  made.append(...cells);
  return made;
}

function body(rows: readonly HTMLElement[]): HTMLElement {
  const made = element("tbody");
  made.append(...rows);
  return made;
}

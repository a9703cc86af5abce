// The rows of a forest plot as a table; on a phone each row is a card with its own small scale.
import { figureHead, scaleOf, type Scale } from "./forestdrawing";
import { figureText, people, type Forest, type ForestRow, type Kind, type Section } from "./forestrows";
import { link } from "./listing";
import { marked } from "./meaning";
import { element } from "./table";

export function tableOf(forest: Forest, kind: Kind, sections: readonly Section[], root: string): HTMLElement {
  const rows = sections.flatMap((section) => section.rows);
  const scale = scaleOf(kind, rows);
  const hasP = rows.some(({ p }) => p);
  const hasPeople = rows.some((row) => people(row));
  const heads = ["Study and group", ...(hasPeople ? ["n/N"] : []), figureHead(kind), ...(hasP ? ["p"] : []), "Source", "Check"];
  const box = element("div", "scroll");
  Object.assign(box, { tabIndex: 0, role: "region", ariaLabel: "Rows of the plot, table" });
  const table = as(element("table", "forest-table"), "table");
  const head = as(element("thead"), "rowgroup");
  const line = as(element("tr"), "row");
  for (const title of heads) {
    const cell = as(element("th", "", title), "columnheader");
    cell.setAttribute("scope", "col");
    line.append(cell);
  }
  head.append(line);
  table.append(head);
  for (const { title, rows: own } of sections) table.append(bodyOf(title, own, heads.length, (row) => lineOf(forest, row, root, { hasPeople, hasP }, scale)));
  box.append(table);
  return box;
}

function bodyOf(title: string, rows: readonly ForestRow[], width: number, drawn: (row: ForestRow) => HTMLElement): HTMLElement {
  const body = as(element("tbody"), "rowgroup");
  if (title) {
    const line = as(element("tr", "endpoint"), "row");
    const cell = as(element("th", "", title), "rowheader");
    cell.setAttribute("colspan", String(width));
    line.append(cell);
    body.append(line);
  }
  body.append(...rows.map(drawn));
  return body;
}

function lineOf(forest: Forest, row: ForestRow, root: string, has: { hasPeople: boolean; hasP: boolean }, scale: Scale): HTMLElement {
  const line = as(element("tr"), "row");
  const name = as(element("th", "", row.name), "rowheader");
  name.setAttribute("scope", "row");
  name.append(element("span", "detail", row.label));
  const figure = cell("of-figure", "");
  const to = link(`${root}study/${row.study}/#${row.claims[0] ?? ""}`, figureText(row));
  to.dataset["claims"] = row.claims.join(" ");
  if (row.isAside) to.classList.add("is-set-aside");
  figure.append(to, barOf(row, scale));
  line.append(name, ...(has.hasPeople ? [cell("", "n/N", people(row))] : []), figure);
  if (has.hasP) line.append(cell("", "p", row.p.replace(/^p = /, "")));
  const check = cell("where", "");
  check.dataset["column"] = "Check";
  check.append(marked(row.check));
  line.append(cell("where", "Source", forest.source(row)), check);
  return line;
}

function cell(kind: string, column: string, text = ""): HTMLElement {
  const made = as(element("td", kind, text), "cell");
  if (column && text) made.dataset["column"] = column;
  return made;
}

/** On a phone rows are blocks, which lose their table roles. */
function as(part: HTMLElement, role: string): HTMLElement {
  part.setAttribute("role", role);
  return part;
}

/** A row's own scale: its interval and value in percent of the width, not a drawing scaled down. */
function barOf(row: ForestRow, scale: Scale): HTMLElement {
  const bar = element("span", `forest-bar${row.isDerived ? " derived" : ""}`);
  bar.setAttribute("aria-hidden", "true");
  const place = (kind: string, from: number, to = from): void => {
    const part = element("i", kind);
    part.style.insetInlineStart = `${100 * from}%`;
    if (to > from) part.style.width = `${100 * (to - from)}%`;
    bar.append(part);
  };
  if (scale.kind === "log") place("one", scale.at(1));
  if (row.low !== null || row.high !== null) place("interval", scale.at(row.low ?? row.value ?? 0), row.isOpen ? 1 : scale.at(row.high ?? row.value ?? 0));
  if (row.value !== null) place("value", scale.at(row.value));
  if (row.isBeyond) place("beyond", 1);
  const ends = element("span", "forest-ends");
  ends.append(element("span", "", String(Number(scale.low.toPrecision(2)))), element("span", "", String(Number(scale.high.toPrecision(2)))));
  bar.append(ends);
  return bar;
}

// The claims shown, as a table that becomes cards on a phone.
import type { Claims, Order } from "./claims";
import { marked } from "./meaning";
import { element } from "./table";

const COLUMNS: readonly (readonly [column: string, title: string])[] = [
  ["study", "Study"],
  ["endpoint", "Endpoint"],
  ["value", "Figure"],
  ["source", "Where"],
  ["verification", "Check"],
];
const MARKS: Readonly<Record<string, string>> = { verified: "checked", failed: "not found", not_checked: "not checked", source_unavailable: "not checked", noted: "noted" };

export class Listing {
  readonly #body = element("tbody");
  readonly #heads: HTMLElement[] = [];

  constructor(
    readonly into: HTMLElement,
    readonly claims: Claims,
    readonly root: string,
    readonly sort: (order: Order) => void,
  ) {
    const table = element("table", "claims");
    const head = element("thead");
    const row = element("tr");
    row.append(...COLUMNS.map(([column, title]) => this.#head(column, title)));
    head.append(row);
    table.append(head, this.#body);
    roles(table, "table");
    roles(head, "rowgroup");
    roles(row, "row");
    roles(this.#body, "rowgroup");
    into.replaceChildren(table);
  }

  show(claims: readonly number[], order: Order): void {
    this.#heads.forEach((head, at) => {
      const isThis = COLUMNS[at]?.[0] === order.column;
      if (isThis) head.setAttribute("aria-sort", order.descending ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
      const mark = head.querySelector(".sort-mark");
      if (mark) mark.textContent = isThis ? (order.descending ? "▼" : "▲") : "";
    });
    this.#body.replaceChildren(...claims.map((claim) => this.#row(claim)));
  }

  add(claims: readonly number[]): void {
    this.#body.append(...claims.map((claim) => this.#row(claim)));
  }

  #head(column: string, title: string): HTMLElement {
    const cell = element("th");
    const button = element("button", "sort", title);
    const mark = element("span", "sort-mark");
    cell.setAttribute("scope", "col");
    roles(cell, "columnheader");
    button.setAttribute("type", "button");
    mark.setAttribute("aria-hidden", "true");
    button.append(mark);
    button.addEventListener("click", () => this.sort(next(column, cell.getAttribute("aria-sort"))));
    cell.append(button);
    this.#heads.push(cell);
    return cell;
  }

  #row(claim: number): HTMLElement {
    const row = element("tr");
    roles(row, "row");
    row.append(this.#study(claim), this.#endpoint(claim), this.#figure(claim), this.#where(claim), this.#check(claim));
    return row;
  }

  #study(claim: number): HTMLElement {
    const { claims } = this;
    const cell = part("study");
    const versus = claims.shown("versus", claim);
    const who = claims.shown("who", claim) + (versus ? ` vs ${versus}` : "");
    cell.append(link(`${this.root}study/${claims.cell("study", claim)}/`, claims.label("study", claim)), element("span", "detail", who));
    return cell;
  }

  #endpoint(claim: number): HTMLElement {
    const cell = part("endpoint");
    cell.append(this.claims.label("endpoint", claim), element("span", "detail", this.claims.shown("detail", claim)));
    return cell;
  }

  #figure(claim: number): HTMLElement {
    const { claims } = this;
    const cell = part("figure");
    const standing = claims.cell("standing", claim);
    const figure = claims.shown("figure", claim);
    const address = `${this.root}study/${claims.cell("study", claim)}/#${claims.cell("claim", claim)}`;
    const printed = claims.cell("printed", claim) || `noted from ${claims.cell("read_in", claim)}: ${claims.cell("noted", claim)}`;
    const to = link(address, figure || printed);
    if (standing === "set-aside") to.classList.add("is-set-aside");
    cell.append(to);
    if (figure && figure !== printed) cell.append(element("span", "detail print", printed));
    if (standing) cell.append(element("span", `choice ${standing}`, standing.replace("-", " ")));
    return cell;
  }

  #where(claim: number): HTMLElement {
    const { claims } = this;
    const cell = part("where");
    const page = `${this.root}source/${claims.cell("source", claim)}/`;
    cell.append(link(`${page}#${claims.shown("anchor", claim)}`, claims.shown("place", claim)), element("span", "detail", claims.shown("cited", claim)));
    return cell;
  }

  #check(claim: number): HTMLElement {
    const state = this.claims.cell("verification", claim);
    const cell = part("check");
    const mark = marked(MARKS[state] ?? state);
    mark.classList.add("state", state.replace("_", "-"));
    cell.append(mark);
    return cell;
  }
}

/** On a phone rows are blocks, which lose their table roles. */
function roles(part: HTMLElement, role: string): void {
  part.setAttribute("role", role);
}

function part(name: string): HTMLElement {
  const cell = element("td", `of-${name}`);
  roles(cell, "cell");
  return cell;
}

export function link(address: string, text: string): HTMLElement {
  const anchor = element("a", "", text);
  anchor.setAttribute("href", address);
  return anchor;
}

/** Ascending, descending, then the order of the export again. */
function next(column: string, sorted: string | null): Order {
  if (sorted === "descending") return { column: "", descending: false };
  return { column, descending: sorted === "ascending" };
}

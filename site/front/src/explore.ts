// The explorer: all claims in one table, narrowed by facets and words; its state is in the address.
import { asQuery } from "./asked";
import { Claims, type Order } from "./claims";
import { fetchJson, pause } from "./bytes";
import { narrow, type Chosen } from "./facet";
import { FacetList } from "./facetlist";
import { Listing } from "./listing";
import { asCsv, asJson, copiesAddress, save } from "./saving";
import { count, element, partOf } from "./table";

const SHOWN = 50;
const MORE = 200;

const part = <T extends HTMLElement = HTMLElement>(name: string): T => partOf<T>(`explore-${name}`);

/** Starts the explorer of the page. */
export async function openExplorer(): Promise<void> {
  const { root = "", claims = "" } = document.getElementById("explore")?.dataset ?? {};
  part<HTMLDetailsElement>("facets").open = window.matchMedia("(min-width: 60em)").matches;
  try {
    const read = new Claims(await fetchJson(claims));
    await pause();
    new Explorer(read, root).open(); // in one piece, so that nothing moves
  } catch (error) {
    part("status").textContent = `The claims could not be loaded: ${(error as Error).message}`;
  }
}

class Explorer {
  readonly #words = part<HTMLInputElement>("words");
  readonly #sort = part<HTMLSelectElement>("sort");
  readonly #reverse = part<HTMLButtonElement>("reverse");
  readonly #lists: readonly FacetList[];
  readonly #listing: Listing;
  #order: Order = { column: "", descending: false };
  #chosen: Chosen = new Map();
  #found: readonly number[] = [];
  #drawn = 0;
  #writing = 0;

  constructor(
    readonly claims: Claims,
    readonly root: string,
  ) {
    this.#lists = claims.facets.map((facet) => new FacetList(facet, () => this.#tick()));
    this.#listing = new Listing(part("table"), claims, root, (order) => this.#sortBy(order));
    part("form").replaceChildren(...this.#lists.map((list) => list.part));
    this.#sort.append(new Option("as exported", ""), ...claims.columns.map((name) => new Option(name.replace("_", " "), name)));
  }

  open(): void {
    this.#words.addEventListener("input", () => this.#narrow("later"));
    this.#sort.addEventListener("change", () => this.#sortBy({ ...this.#order, column: this.#sort.value }));
    this.#reverse.addEventListener("click", () => this.#sortBy({ ...this.#order, descending: !this.#order.descending }));
    part("form").addEventListener("submit", (event) => event.preventDefault());
    part("csv").addEventListener("click", () => this.#save("csv"));
    part("json").addEventListener("click", () => this.#save("json"));
    copiesAddress(part("link"));
    window.addEventListener("popstate", () => this.#restore());
    for (const name of ["csv", "json"]) part<HTMLButtonElement>(name).disabled = false;
    this.#restore();
  }

  // --- what is chosen -----------------------------------------------------------------------

  #restore(): void {
    const params = new URLSearchParams(location.hash.slice(1));
    const known = this.claims.facets.map((facet) => {
      const terms = params.getAll(facet.name).map((name) => facet.term(name));
      return [facet.name, new Set(terms.filter((term) => term >= 0))] as const;
    });
    const sort = params.get("sort") ?? "";
    const column = sort.replace(/^-/, "");
    this.#chosen = new Map(known);
    this.#words.value = params.get("words") ?? "";
    this.#order = { column: this.claims.columns.includes(column) ? column : "", descending: sort.startsWith("-") };
    this.#narrow("never");
  }

  #tick(): void {
    this.#chosen = new Map(this.#lists.map((list) => [list.facet.name, list.ticked]));
    this.#narrow("now");
  }

  #sortBy(order: Order): void {
    this.#order = order.column ? order : { column: "", descending: false };
    this.#narrow("now");
  }

  #drop(facet: string, term: number): void {
    const left = new Set(this.#chosen.get(facet));
    left.delete(term);
    this.#chosen = new Map([...this.#chosen, [facet, left]]);
    this.#narrow("now");
    this.#words.focus();
  }

  #clear(): void {
    this.#chosen = new Map();
    this.#words.value = "";
    this.#narrow("now");
    this.#words.focus();
  }

  // --- what is shown ------------------------------------------------------------------------

  #narrow(address: "now" | "later" | "never"): void {
    const start = performance.now();
    const finds = this.claims.finder(this.#words.value);
    const { claims, counts } = narrow(this.claims.facets, this.#chosen, finds, this.claims.size);
    this.#found = this.claims.sorted(claims, this.#order);
    for (const list of this.#lists) list.show(counts.get(list.facet.name) ?? [], this.#chosen);
    this.#drawn = SHOWN;
    this.#listing.show(this.#found.slice(0, SHOWN), this.#order);
    this.#say();
    performance.measure("explore-narrowed", { start });
    clearTimeout(this.#writing);
    if (address === "now") this.#write("push");
    if (address === "later") this.#writing = window.setTimeout(() => this.#write("replace"), 250);
  }

  #say(): void {
    const { size } = this.claims;
    const studies = new Set(this.#found.map((claim) => this.claims.cell("study", claim))).size;
    const all = this.#found.length === size ? "All" : `${count(this.#found.length)} of`;
    part("status").textContent = `${all} ${count(size)} claims · ${studies} ${studies === 1 ? "study" : "studies"}`;
    this.#sort.value = this.#order.column;
    this.#reverse.setAttribute("aria-pressed", String(this.#order.descending));
    this.#reverse.disabled = !this.#order.column;
    const query = asQuery(this.claims, this.#chosen, this.#words.value, this.#found);
    part("sparql").setAttribute("href", `${this.root}console/#${new URLSearchParams({ query }).toString()}`);
    const chips = [...this.#chips()];
    part("number").textContent = chips.length ? `${chips.length} chosen` : "";
    const isFree = !chips.length && !this.#words.value;
    part("chosen").replaceChildren(...chips, isFree ? element("li", "detail", "No filter is set.") : this.#chip("Clear all", () => this.#clear(), true));
    this.#sayMore();
  }

  *#chips(): Generator<HTMLElement> {
    for (const { name, title, written } of this.claims.facets) {
      for (const term of this.#chosen.get(name) ?? []) {
        yield this.#chip(`${title}: ${written.labels[term] ?? ""}`, () => this.#drop(name, term));
      }
    }
  }

  #chip(text: string, act: () => void, isLast = false): HTMLElement {
    const item = element("li");
    const button = element("button", isLast ? "chip clear" : "chip", text);
    button.setAttribute("type", "button");
    if (!isLast) button.setAttribute("aria-label", `Remove ${text}`);
    button.addEventListener("click", act);
    item.append(button);
    return item;
  }

  #sayMore(): void {
    const left = this.#found.length - this.#drawn;
    const more = part("more");
    if (!this.#found.length) return more.replaceChildren("No claim matches every filter and word. Remove one of them.");
    if (left <= 0) return more.replaceChildren();
    const button = element("button", "chosen-button", `Show ${Math.min(MORE, left)} more`);
    button.setAttribute("type", "button");
    button.addEventListener("click", () => this.#showMore());
    more.replaceChildren(`Showing the first ${count(this.#drawn)}. `, button);
  }

  #showMore(): void {
    this.#listing.add(this.#found.slice(this.#drawn, this.#drawn + MORE));
    this.#drawn += MORE;
    this.#sayMore();
    part("more").querySelector("button")?.focus();
  }

  // --- downloads and link -------------------------------------------------------------------

  #save(format: "csv" | "json"): void {
    const { columns } = this.claims;
    const rows = this.claims.rows(this.#found);
    if (format === "csv") save("claims.csv", asCsv(columns, rows), "text/csv");
    else save("claims.json", asJson(columns, rows), "application/json");
  }

  #write(how: "push" | "replace"): void {
    const params = new URLSearchParams();
    for (const { name, written } of this.claims.facets) {
      for (const term of this.#chosen.get(name) ?? []) params.append(name, written.names[term] ?? "");
    }
    if (this.#words.value.trim()) params.set("words", this.#words.value.trim());
    if (this.#order.column) params.set("sort", (this.#order.descending ? "-" : "") + this.#order.column);
    const fragment = params.toString() ? `#${params.toString()}` : location.pathname;
    if (fragment === location.hash) return;
    if (how === "push") history.pushState(null, "", fragment);
    else history.replaceState(null, "", fragment);
  }
}

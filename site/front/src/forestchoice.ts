// A choice of the forest-plot builder and its address: the builder and its embedded form read the same.
import type { Picture } from "./forestdrawing";
import type { Choice, Forest, Grouping, Kind, Ordering, Section } from "./forestrows";

const GROUPS: readonly Grouping[] = ["population", "drug", "year", "none"];
const ORDERS: readonly Ordering[] = ["study", "year", "value"];

/** The choice that an address makes, and the names in it that do not exist, in words. */
export function choiceOf(forest: Forest, params: URLSearchParams): { readonly choice: Choice; readonly unknown: readonly string[] } {
  const { written } = forest;
  const named = params.get("measure") ?? "";
  const endpoint = params.get("endpoint") ?? "";
  // A plot of survival at several times is several here: the first one opens.
  const kind = forest.kind(named) ?? written.kinds.find(({ name, endpoint: of }) => (named ? name.startsWith(`${named}.`) : of === endpoint));
  const known = new Set(forest.rows.map(({ id }) => id));
  const rows = params.getAll("row");
  const isDrug = (name: string): boolean => Object.hasOwn(written.drugs, name);
  const choice: Choice = {
    kind: kind?.name ?? written.first,
    drugs: params.getAll("drug").filter(isDrug),
    group: GROUPS.find((one) => one === params.get("group")) ?? "population",
    order: ORDERS.find((one) => one === params.get("order")) ?? "study",
    shape: params.get("shape") === "column" ? "column" : "wide",
    parts: params.get("parts") === "1",
    aside: params.get("aside") === "1",
    rows: rows.length ? rows.filter((id) => known.has(id)) : null,
    title: (params.get("title") ?? "").slice(0, 120),
  };
  const unknown = [
    ...(named && !kind ? [`measure “${named}”`] : []),
    ...(endpoint && !kind ? [`plot of the endpoint “${endpoint}”`] : []),
    ...params.getAll("drug").filter((name) => !isDrug(name)).map((name) => `drug “${name}”`),
    ...rows.filter((id) => id && !known.has(id)).map((id) => `row “${id}”`),
  ];
  return { choice, unknown };
}

/** The parameters of a choice in an address, without those that have their default. */
export function paramsOf({ kind, drugs, group, order, shape, parts, aside, rows, title }: Choice): URLSearchParams {
  const params = new URLSearchParams({ measure: kind });
  for (const drug of drugs) params.append("drug", drug);
  if (group !== "population") params.set("group", group);
  if (order !== "study") params.set("order", order);
  if (shape !== "wide") params.set("shape", shape);
  if (parts) params.set("parts", "1");
  if (aside) params.set("aside", "1");
  for (const id of rows && !rows.length ? [""] : (rows ?? [])) params.append("row", id);
  if (title) params.set("title", title);
  return params;
}

export function titleOf({ written }: Forest, { title, drugs }: Choice, kind: Kind): string {
  const names = drugs.map((drug) => written.drugs[drug] ?? drug);
  return title || kind.title + (names.length ? `, ${names.join(" and ")}` : "");
}

/** The plot of a choice, with its title and a line that names its source. */
export function pictureOf(forest: Forest, choice: Choice, kind: Kind, sections: readonly Section[]): Picture {
  const { title, base, updated } = forest.written;
  const foot = [`Source: ${title}`, `${base}forest/`, ...(updated ? [`records of ${updated}`] : [])].join(", ");
  return { title: titleOf(forest, choice, kind), kind, sections, shape: choice.shape, foot, source: (row) => forest.source(row) };
}

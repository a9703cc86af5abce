// An answer as a chart: one line for each label, points with their intervals, or bars.
import { axisX, axisY, barX, dot, gridX, plot, ruleX, ruleY, type Markish } from "@observablehq/plot";
import type { Answer, Row } from "./messages";
import type { Offered } from "./offered";
import { bounds, canDraw, figures, firstShape, kindColumn, labels, MOST_ROWS, onlyOf, type Kind, type Shape } from "./shape";
import { count, element } from "./table";

const MOST_LINES = 60;
const LONGEST = 44;

interface Datum {
  readonly figure: number;
  readonly line: string;
  readonly colour: string;
  readonly low: number | undefined;
  readonly high: number | undefined;
  readonly title: string;
}

/** Draws a chart into a panel, with its controls. */
export function drawChart(into: HTMLElement, answer: Answer, rows: readonly Row[], offered: Offered): void {
  if (!canDraw(answer)) {
    into.replaceChildren(element("p", "legend", "A chart needs a column of numbers and another to label them."));
    return;
  }
  const box = element("figure", "console-figure");
  const draw = (shape: Shape): void => box.replaceChildren(...figure(answer, rows, shape, offered, into.clientWidth));
  const shape = firstShape(answer, rows);
  into.replaceChildren(controls(answer, rows, shape, draw), box);
  draw(shape);
}

function controls(answer: Answer, rows: readonly Row[], first: Shape, draw: (shape: Shape) => void): HTMLElement {
  let shape = first;
  const set = (part: Partial<Shape>): void => draw((shape = { ...shape, ...part }));
  const column = (at: number): [string, string] => [String(at), at < 0 ? "none" : (answer.columns[at] ?? "")];
  const bar = element("div", "console-controls");
  const kinds = onlyOf(answer, rows, shape.figure).map((value): [string, string] => [value, value]);
  bar.append(
    choice("Draw", [["points", "points"], ["bars", "bars"]], shape.kind, (v) => set({ kind: v as Kind })),
    choice("Figure", figures(answer).map(column), String(shape.figure), (v) => set({ figure: Number(v) })),
    choice("Label", labels(answer).map(column), String(shape.label), (v) => set({ label: Number(v) })),
    choice("Colour", [-1, ...labels(answer)].map(column), String(shape.colour), (v) => set({ colour: Number(v) })),
    ...(kinds.length > 1 ? [choice("Only", [...kinds, ["", "all, on one axis"]], shape.only, (v) => set({ only: v }))] : []),
  );
  return bar;
}

function choice(name: string, options: [string, string][], value: string, chosen: (value: string) => void): HTMLElement {
  const label = element("label", "", `${name} `);
  const select = document.createElement("select");
  select.append(...options.map(([key, text]) => new Option(text, key, false, key === value)));
  select.addEventListener("change", () => chosen(select.value));
  label.append(select);
  return label;
}

function figure(answer: Answer, rows: readonly Row[], shape: Shape, offered: Offered, width: number): HTMLElement[] {
  const every = data(answer, rows, shape, offered);
  const lines = [...new Set(every.map(({ line }) => line))];
  const shown = new Set(lines.slice(0, MOST_LINES));
  const kept = every.filter(({ line }) => shown.has(line));
  const hasColour = shape.colour >= 0;
  const whole = Math.max(width - 14, 280);
  const [names, widest] = fitted([...shown], Math.min(320, whole * 0.42));
  const drawn = plot({
    width: whole,
    height: shown.size * 22 + 70,
    marginLeft: widest + 14,
    marginTop: 40,
    marginRight: 24,
    marginBottom: 6,
    style: { background: "transparent", color: "currentColor", fontSize: "12px", fontFamily: "inherit", overflow: "visible" },
    x: { label: answer.columns[shape.figure] ?? "", nice: true },
    y: { label: null, domain: [...shown], type: "band", padding: 0.25 },
    color: { legend: hasColour, scheme: "Tableau10" },
    marks: [
      gridX({ stroke: "currentColor", strokeOpacity: 0.12 }),
      axisY({ tickSize: 0, tickFormat: (line: string) => names.get(line) ?? line, label: null }),
      axisX({ anchor: "top", label: `${answer.columns[shape.figure] ?? ""} →` }),
      ...marks(kept, shape.kind, hasColour),
    ],
  });
  return [scrolling(drawn, answer, shape), caption(answer, kept, every, shape, lines.length)];
}

function marks(kept: readonly Datum[], kind: Kind, hasColour: boolean): Markish[] {
  const paint = hasColour ? "colour" : "var(--md-accent-fg-color)";
  const tip = { fill: "var(--md-default-bg-color)", stroke: "var(--kb-line)", pointerSize: 8 };
  const base = { y: "line", title: "title", tip } as const;
  if (kind === "bars") return [barX(kept, { ...base, x: "figure", fill: paint, inset: 1 }), ruleX([0])];
  const ranged = kept.filter(({ low, high }) => low !== undefined && high !== undefined);
  return [
    ruleY(ranged, { y: "line", x1: "low", x2: "high", stroke: paint, strokeWidth: 1.5 }),
    dot(kept, { ...base, x: "figure", fill: paint, r: 4, fillOpacity: 0.9 }),
  ];
}

/** Points have a line for each label and colour; bars with one label are stacked. */
function data(answer: Answer, rows: readonly Row[], { figure, label, colour, kind, only }: Shape, offered: Offered): Datum[] {
  const kindAt = kindColumn(answer, rows);
  const text = (row: Row, at: number): string => offered.shortened(row[at]?.v ?? "–");
  const ends = bounds(answer);
  return rows.flatMap((row) => {
    const value = row[figure]?.n;
    if (value === undefined || (only && row[kindAt]?.v !== only)) return [];
    const group = colour < 0 ? "" : text(row, colour);
    const line = kind === "bars" || !group || colour === label ? text(row, label) : `${text(row, label)} · ${group}`;
    const cells = answer.columns.map((name, at) => (row[at] ? `${name}: ${cut(text(row, at))}` : "")).filter(Boolean);
    const [low, high] = ends ? [row[ends[0]]?.n, row[ends[1]]?.n] : [undefined, undefined];
    return [{ figure: value, line, colour: group, low, high, title: cells.join("\n") }];
  });
}

function scrolling(drawn: Element, answer: Answer, shape: Shape): HTMLElement {
  const box = element("div", "scroll console-plot");
  const name = `Chart of ${answer.columns[shape.figure]} by ${answer.columns[shape.label]}; the table has the same figures`;
  Object.assign(box, { tabIndex: 0, role: "region", ariaLabel: name });
  const svg = drawn instanceof SVGSVGElement ? drawn : drawn.querySelector(":scope > svg:last-of-type");
  svg?.setAttribute("role", "img");
  svg?.setAttribute("aria-label", name);
  for (const part of drawn.querySelectorAll("g[aria-label]")) {
    part.setAttribute("data-part", part.getAttribute("aria-label") ?? ""); // a group has no role to name
    part.removeAttribute("aria-label");
  }
  box.append(drawn);
  return box;
}

function caption(answer: Answer, kept: readonly Datum[], every: readonly Datum[], shape: Shape, lines: number): HTMLElement {
  const missing = answer.total - every.length;
  const isAdded = shape.kind === "bars" && new Set(kept.map(({ line }) => line)).size < kept.length;
  const notes = [
    `${count(kept.length)} of ${count(answer.total)} rows drawn.`,
    lines > MOST_LINES ? `The first ${MOST_LINES} of ${count(lines)} labels are shown.` : "",
    missing > 0 ? `${count(missing)} have no value to draw, or come after the first ${count(MOST_ROWS)} rows.` : "",
    isAdded ? "Bars with one label are stacked: their sum is meaningful only if the figures can be added." : "",
    bounds(answer) && shape.kind === "points" ? "Lines run from low to high." : "",
    "The table has the same figures.",
  ];
  return element("figcaption", "legend", notes.filter(Boolean).join(" "));
}

/** Shortens labels to a width; returns the width of the widest. */
function fitted(lines: readonly string[], most: number): [Map<string, string>, number] {
  const pen = document.createElement("canvas").getContext("2d");
  if (pen) pen.font = `12px ${getComputedStyle(document.body).fontFamily}`;
  const width = (text: string): number => pen?.measureText(text).width ?? text.length * 7;
  const names = new Map(
    lines.map((line) => {
      let text = line;
      for (let kept = line.length - 1; width(text) > most && kept > 1; kept--) text = `${line.slice(0, kept)}…`;
      return [line, text];
    }),
  );
  return [names, Math.max(40, ...[...names.values()].map(width))];
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

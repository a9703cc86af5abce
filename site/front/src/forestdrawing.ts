// The picture of a forest plot: always light, and complete by itself: title, columns, notes, source.
import { figureText, people, type ForestRow, type Kind, type Section } from "./forestrows";

const SVG = "http://www.w3.org/2000/svg";
const FONT = "Arial, Helvetica, 'Liberation Sans', sans-serif";
const INK = "#16262b";
const QUIET = "#55666b";
const MARK = "#0b5c75";
const LINE = "#cfd8da";
const BAND = "#eef3f4";
/** The smallest letters that a slide is drawn with, and that a room reads. */
const SMALLEST = 9;
const READABLE = 12;

export interface Picture {
  readonly title: string;
  readonly kind: Kind;
  readonly sections: readonly Section[];
  readonly shape: "wide" | "column";
  /** Where the picture is from. */
  readonly foot: string;
  source(row: ForestRow): string;
}

export interface Drawn {
  readonly svg: SVGSVGElement;
  /** Whether all rows fit into 16:9, and in letters that a room can read. */
  readonly fits: boolean;
  readonly isReadable: boolean;
}

type Attributes = Readonly<Record<string, string | number>>;

function made(name: string, attributes: Attributes, text = ""): SVGElement {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(typeof value === "number" ? Math.round(value * 10) / 10 : value));
  if (text) element.textContent = text;
  return element;
}

/** A font measured word by word, in one size: most words recur, and setting a font is slow. */
class Measure {
  readonly #pen = document.createElement("canvas").getContext("2d");
  readonly #widths = new Map<string, number>();

  constructor(weight: string) {
    if (this.#pen) this.#pen.font = `${weight} 100px ${FONT}`;
  }

  width(text: string): number {
    const words = text.split(" ");
    return words.reduce((width, word) => width + this.#word(word), this.#word(" ") * (words.length - 1)) / 100;
  }

  #word(word: string): number {
    const width = this.#widths.get(word) ?? this.#pen?.measureText(word).width ?? word.length * 55;
    this.#widths.set(word, width);
    return width;
  }
}

const plain = new Measure("normal");
const bold = new Measure("bold");

function widthOf(text: string, size: number, isBold = false): number {
  return (isBold ? bold : plain).width(text) * size;
}

/** Breaks text into lines that fit; a word that does not is cut. */
export function folded(text: string, room: number, size: number, isBold = false): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const last = lines.at(-1);
    if (last !== undefined && widthOf(`${last} ${word}`, size, isBold) <= room) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => cut(line, room, size, isBold));
}

function cut(text: string, room: number, size: number, isBold: boolean): string {
  if (widthOf(text, size, isBold) <= room) return text;
  let kept = text;
  while (kept && widthOf(`${kept}…`, size, isBold) > room) kept = kept.slice(0, -1);
  return `${kept}…`;
}

/** A scale with its round ticks: all of 0 to 100 for rates; for ratios logarithmic around 1. */
export class Scale {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];

  constructor(
    readonly kind: Kind["scale"],
    values: readonly number[],
  ) {
    if (kind === "share") [this.low, this.high, this.ticks] = [0, 100, [0, 20, 40, 60, 80, 100]];
    else if (kind === "log") {
      this.low = Math.min(0.5, ...values.filter((value) => value > 0)) / 1.08;
      this.high = Math.max(2, ...values) * 1.08;
      const decades = [-3, -2, -1, 0, 1, 2, 3].flatMap((power) => [1, 2, 5].map((one) => Number((one * 10 ** power).toPrecision(1))));
      this.ticks = decades.filter((tick) => tick >= this.low && tick <= this.high);
    } else {
      const most = Math.max(1, ...values);
      const power = 10 ** Math.floor(Math.log10(most / 5));
      const step = [1, 2, 5, 10].map((one) => one * power).find((one) => most / one <= 6) ?? most;
      this.low = 0;
      this.high = Math.ceil(most / step) * step;
      this.ticks = Array.from({ length: Math.round(this.high / step) + 1 }, (_, at) => Number((at * step).toPrecision(6)));
    }
  }

  /** The place of a value between 0 and 1. */
  at(value: number): number {
    const of = (one: number): number => (this.kind === "log" ? Math.log(Math.max(one, 1e-9)) : one);
    return Math.min(1, Math.max(0, (of(value) - of(this.low)) / (of(this.high) - of(this.low))));
  }
}

export function scaleOf(kind: Kind, rows: readonly ForestRow[]): Scale {
  return new Scale(kind.scale, rows.flatMap(({ value, low, high }) => [value, low, high].filter((one) => one !== null)));
}

interface Layout {
  readonly width: number;
  readonly size: number;
  readonly edge: number;
  readonly label: number;
  readonly plot: readonly [number, number];
  readonly columns: readonly { readonly title: string; readonly x: number; readonly width: number; text(row: ForestRow): string }[];
}

/** Draws a picture; 16:9 in the largest letters that fit. */
export function draw(picture: Picture): Drawn {
  const rows = picture.sections.flatMap(({ rows: every }) => every);
  if (picture.shape === "column") return { svg: new Drawing(picture, columnLayout(picture, rows), 0).svg, fits: true, isReadable: true };
  const height = 720;
  for (let size = 18; size >= SMALLEST; size -= 0.5) {
    const drawing = new Drawing(picture, wideLayout(picture, rows, size), height);
    if (drawing.bottom <= height) return { svg: drawing.svg, fits: true, isReadable: size >= READABLE };
  }
  return { svg: new Drawing(picture, wideLayout(picture, rows, 11), 0).svg, fits: false, isReadable: false };
}

function wideLayout(picture: Picture, rows: readonly ForestRow[], size: number): Layout {
  const width = 1280;
  const edge = 36;
  const wide = (texts: readonly string[], most: number): number => Math.min(most, Math.max(0, ...texts.map((text) => widthOf(text, size)))) + 22;
  const heads = { people: "n/N", figure: figureHead(picture.kind), p: "p", source: "Source" };
  const written = [
    { title: heads.people, text: people, most: 120 },
    { title: heads.figure, text: figureText, most: 280 },
    { title: heads.p, text: (row: ForestRow) => row.p.replace(/^p = /, ""), most: 150 },
    { title: heads.source, text: picture.source, most: 200 },
  ].filter(({ text }) => rows.some((row) => text(row)));
  const sized = written.map((one) => ({ ...one, width: wide([one.title, ...rows.map(one.text)], one.most) }));
  const taken = sized.reduce((sum, one) => sum + one.width, 0);
  const label = Math.min(400, (width - 2 * edge - taken) * 0.52);
  const plot = [edge + label + 16, width - edge - taken - 14] as const;
  let x = width - edge - taken;
  const columns = sized.map((one) => {
    const column = { ...one, x };
    x += one.width;
    return column;
  });
  return { width, size, edge, label, plot, columns };
}

function columnLayout(picture: Picture, rows: readonly ForestRow[]): Layout {
  const [width, size, edge] = [560, 13, 14];
  const texts = [figureHead(picture.kind), ...rows.map(figureText)];
  const wide = Math.min(250, Math.max(...texts.map((text) => widthOf(text, size, true))) + 16);
  const columns = [{ title: figureHead(picture.kind), x: width - edge - wide, width: wide, text: figureText }];
  return { width, size, edge, label: width - 2 * edge, plot: [edge + 6, width - edge - wide - 14], columns };
}

export function figureHead({ scale, axis }: Kind): string {
  const name = scale === "share" ? "Rate" : scale === "log" ? "Ratio" : `Median, ${axis}`;
  return `${name} (95% CI)`;
}

class Drawing {
  readonly svg: SVGSVGElement;
  readonly bottom: number;
  readonly #scale: Scale;
  readonly #most: number;
  /** Where rows have marks: the lines of the grid are drawn behind these alone. */
  readonly #bands: (readonly [top: number, bottom: number])[] = [];
  #y: number;

  constructor(
    readonly picture: Picture,
    readonly layout: Layout,
    height: number,
  ) {
    const rows = picture.sections.flatMap(({ rows: every }) => every);
    this.#scale = scaleOf(picture.kind, rows);
    this.#most = Math.max(1, ...rows.map(({ of }) => of ?? 0));
    this.svg = made("svg", { xmlns: SVG, "font-family": FONT, "font-size": layout.size, fill: INK }) as SVGSVGElement;
    this.#y = layout.edge;
    this.#head();
    const grid = made("g", { stroke: LINE });
    this.svg.append(grid);
    for (const section of picture.sections) this.#section(section);
    this.#axis(grid);
    this.bottom = this.#notes(rows, height);
    const whole = height || Math.ceil(this.bottom);
    const { width } = layout;
    for (const [name, value] of Object.entries({ width, height: whole, viewBox: `0 0 ${width} ${whole}` })) this.svg.setAttribute(name, String(value));
    this.svg.prepend(made("rect", { width, height: whole, fill: "#ffffff" }));
  }

  get #line(): number {
    return this.layout.size * 1.28;
  }

  #text(x: number, y: number, text: string, attributes: Attributes = {}): void {
    if (text) this.svg.append(made("text", { x, y, ...attributes }, text));
  }

  #head(): void {
    const { edge, width, size, columns } = this.layout;
    const title = this.picture.shape === "wide" ? 27 : 17;
    for (const line of folded(this.picture.title, width - 2 * edge, title, true)) {
      this.#y += title * 0.95;
      this.#text(edge, this.#y, line, { "font-size": title, "font-weight": "bold" });
      this.#y += title * 0.25;
    }
    this.#y += size * 1.6;
    for (const { title: text, x } of columns) this.#text(x, this.#y, text, { "font-weight": "bold" });
    this.#text(edge, this.#y, this.picture.shape === "wide" ? "Study and group" : "Study, group, source", { "font-weight": "bold" });
    this.#y += size * 0.6;
    this.svg.append(made("path", { d: `M${edge} ${this.#y}H${width - edge}`, stroke: INK, "stroke-width": 1 }));
  }

  #section({ title, rows }: Section): void {
    const { edge, width, size } = this.layout;
    if (title) {
      this.svg.append(made("rect", { x: edge, y: this.#y + size * 0.25, width: width - 2 * edge, height: size * 1.5, fill: BAND }));
      this.#text(edge + 6, this.#y + size * 1.35, cut(title, width - 2 * edge - 12, size, true), { "font-weight": "bold" });
      this.#y += size * 1.85;
    }
    for (const row of rows) this.#row(row);
  }

  #row(row: ForestRow): void {
    const { edge, label, columns, size, width } = this.layout;
    const isWide = this.picture.shape === "wide";
    const named = row.year && !row.name.includes(String(row.year)) ? `${row.name} ${row.year}` : row.name;
    const small = isWide ? size * 0.86 : size;
    const room = widthOf(named, size, true) + size * 0.5;
    const isOneLine = isWide && room + widthOf(row.label, small) <= label;
    const names = folded(named, label, size, true);
    const texts = isOneLine ? [] : folded(isWide ? row.label : [row.label, people(row), row.p, this.picture.source(row)].filter(Boolean).join(" · "), label, small);
    const start = this.#y + size * 0.3;
    let y = start;
    for (const line of names) this.#text(edge, (y += this.#line) - size * 0.25, line, { "font-weight": "bold" });
    if (isOneLine) this.#text(edge + room, y - size * 0.25, row.label, { fill: QUIET, "font-size": small });
    for (const line of texts) this.#text(edge, (y += small * 1.28) - size * 0.25, line, { fill: QUIET, "font-size": small });
    const cells = columns.map((column) => folded(column.text(row), column.width - 8, size));
    const lines = Math.max(1, ...cells.map(({ length }) => length));
    const from = isWide ? start : y;
    columns.forEach(({ x }, at) => cells[at]?.forEach((line, place) => this.#text(x, from + (place + 1) * this.#line - size * 0.25, line)));
    this.#mark(row, from + this.#line * 0.65);
    const top = isWide ? this.#y : from;
    this.#y = Math.max(y, from + lines * this.#line) + size * (isWide ? 0.3 : 0.4);
    this.#bands.push([top, this.#y]);
    this.svg.append(made("path", { d: `M${edge} ${this.#y}H${width - edge}`, stroke: LINE, "stroke-width": 0.6 }));
  }

  #x(value: number): number {
    const [left, right] = this.layout.plot;
    return left + this.#scale.at(value) * (right - left);
  }

  #mark(row: ForestRow, y: number): void {
    const right = this.layout.plot[1];
    if (row.isBeyond) {
      this.svg.append(made("path", { d: `M${right - 9} ${y - 5}l9 5l-9 5z`, fill: "#ffffff", stroke: MARK, "stroke-width": 1.5 }));
      return;
    }
    if (row.low !== null || row.high !== null) {
      const [low, high] = [this.#x(row.low ?? row.value ?? 0), row.isOpen ? right : this.#x(row.high ?? row.value ?? 0)];
      const kind: Attributes = row.isDerived ? { "stroke-dasharray": "4 3" } : row.isRange ? { "stroke-dasharray": "1 3" } : {};
      this.svg.append(made("path", { d: `M${low} ${y}H${high}`, stroke: MARK, "stroke-width": 1.8, fill: "none", ...kind }));
      if (row.isOpen) this.svg.append(made("path", { d: `M${high - 6} ${y - 5}l6 5l-6 5`, stroke: MARK, "stroke-width": 1.8, fill: "none" }));
    }
    if (row.value === null) return;
    if (row.of === null) {
      this.svg.append(made("circle", { cx: this.#x(row.value), cy: y, r: 4.5, fill: MARK }));
      return;
    }
    const side = Math.max(5, 14 * Math.sqrt(row.of / this.#most));
    this.svg.append(made("rect", { x: this.#x(row.value) - side / 2, y: y - side / 2, width: side, height: side, fill: MARK }));
  }

  #axis(grid: SVGElement): void {
    const { size, plot } = this.layout;
    const { kind } = this.picture;
    const small = size * 0.86;
    const bottom = this.#y + size * 0.3;
    for (const tick of this.#scale.ticks) {
      const x = this.#x(tick);
      grid.append(made("path", { d: this.#down(x, bottom), "stroke-width": 0.8 }));
      this.#text(x, bottom + small * 1.1, String(tick), { "text-anchor": "middle", "font-size": small });
    }
    if (kind.scale === "log") grid.append(made("path", { d: this.#down(this.#x(1), bottom), stroke: INK, "stroke-width": 1.2 }));
    this.#y = bottom + small * 2.4;
    if (kind.favours[0]) {
      const [first, second] = kind.favours.map((text) => text.replace("the group named ", "")) as [string, string];
      const quiet = { "font-size": small, fill: QUIET };
      this.#text(this.#x(1) - 8, this.#y, first, { "text-anchor": "end", ...quiet });
      this.#text(this.#x(1) + 8, this.#y, second, quiet);
      this.#y += small * 1.3;
    }
    const text = kind.scale === "log" ? `${kind.axis}, logarithmic scale` : kind.axis;
    const half = widthOf(text, small) / 2;
    const middle = Math.max(this.layout.edge + half, (plot[0] + plot[1]) / 2);
    this.#text(middle, this.#y, text, { "text-anchor": "middle", "font-size": small, fill: QUIET });
    this.#y += small * 1.3;
  }

  #down(x: number, bottom: number): string {
    const one = (value: number): number => Math.round(value * 10) / 10;
    const pieces = this.#bands.map(([from, to]) => `M${one(x)} ${one(from)}V${one(to)}`);
    return `${pieces.join("")}M${one(x)} ${one(bottom - 5)}V${one(bottom)}`;
  }

  /** The notes and the source, at the bottom of a picture of a given height. */
  #notes(rows: readonly ForestRow[], height: number): number {
    const { edge, width } = this.layout;
    const size = this.picture.shape === "wide" ? 12 : 10.5;
    const texts = notes(rows, this.picture.foot);
    const paragraphs = [texts.slice(0, -1).join(" "), texts.at(-1) ?? ""];
    const lines = paragraphs.flatMap((text) => folded(text, width - 2 * edge, size));
    const room = lines.length * size * 1.3;
    const needed = this.#y + size * 0.6 + room + edge * 0.6;
    let y = height && needed <= height ? height - edge * 0.6 - room : this.#y + size * 0.6;
    for (const line of lines) this.#text(edge, (y += size * 1.3) - size * 0.3, line, { "font-size": size, fill: QUIET });
    return needed;
  }
}

/** What must be known to read a picture. */
export function notes(rows: readonly ForestRow[], foot: string): string[] {
  const isShown = (text: string, when: (row: ForestRow) => boolean): string[] => (rows.some(when) ? [text] : []);
  return [
    ...isShown("Dashed, †: exact (Clopper-Pearson) 95% interval or value, derived from n/N and not reported by the source.", ({ isDerived, isValueDerived }) => isDerived || isValueDerived),
    ...isShown("‡ N is the size of the group, reported apart from the figure.", (row) => people(row).endsWith("‡")),
    ...isShown("Squares grow with N; circles: N is not reported with the figure.", ({ of }) => of !== null),
    ...isShown("Dotted: a range, or an interval whose level is not stated.", ({ isRange }) => isRange),
    ...(new Set(rows.map(({ study }) => study)).size > 1 ? ["Studies differ in patients and design: listing them together is not a comparison."] : []),
    foot,
  ];
}

// Which columns of an answer can be drawn, and the default chart.
import type { Answer, Row } from "./messages";

/** The most rows of an answer that are drawn. */
export const MOST_ROWS = 2000;

export type Kind = "points" | "bars";

/** Columns by index; -1 is none. */
export interface Shape {
  readonly kind: Kind;
  readonly figure: number;
  readonly label: number;
  readonly colour: number;
  /** The value of the column that separates figures which cannot share an axis. */
  readonly only: string;
}

/** The columns that separate such figures, the best first. */
const KINDS = ["statistic", "unit"];

const NO_FIGURE = new Set(["low", "high", "position"]);
const NO_LABEL = new Set(["printed", "bounds", "p", ...KINDS]);

export function figures(answer: Answer): number[] {
  return answer.columns.flatMap((_, at) => (answer.numeric[at] ? [at] : []));
}

export function labels(answer: Answer): number[] {
  return answer.columns.flatMap((_, at) => (answer.numeric[at] ? [] : [at]));
}

export function canDraw(answer: Answer): boolean {
  return answer.total > 0 && figures(answer).length > 0 && answer.columns.length > 1;
}

/** Points with their bounds where there are any; bars for whole numbers from zero. */
export function firstShape(answer: Answer, rows: readonly Row[]): Shape {
  const name = (at: number): string => answer.columns[at] ?? "";
  const numbers = figures(answer);
  const wanted = numbers.find((at) => name(at) === "value") ?? numbers.find((at) => !NO_FIGURE.has(name(at)));
  const figure = wanted ?? numbers[0] ?? -1;
  const texts = labels(answer).filter((at) => !NO_LABEL.has(name(at)) && isText(rows, at));
  const label = texts.find((at) => distinct(rows, at) > 1) ?? labels(answer)[0] ?? -1;
  const isColour = (at: number): boolean => at !== label && distinct(rows, at) > 1 && distinct(rows, at) <= 10;
  const colour = texts.find((at) => isColour(at) && rows.every((row) => row[at])) ?? -1;
  const isCount = rows.every((row) => Number.isInteger(row[figure]?.n ?? 0) && (row[figure]?.n ?? 0) >= 0);
  return { kind: isCount && !bounds(answer) ? "bars" : "points", figure, label, colour, only: onlyOf(answer, rows, figure)[0] ?? "" };
}

/** The column that separates figures, or -1. */
export function kindColumn(answer: Answer, rows: readonly Row[]): number {
  const name = KINDS.find((one) => distinct(rows, answer.columns.indexOf(one)) > 1);
  return name === undefined ? -1 : answer.columns.indexOf(name);
}

/** The values of that column, the most frequent first. */
export function onlyOf(answer: Answer, rows: readonly Row[], figure: number): string[] {
  const at = kindColumn(answer, rows);
  const times = new Map<string, number>();
  for (const row of rows) {
    const value = row[at]?.v;
    if (value !== undefined && row[figure]?.n !== undefined) times.set(value, (times.get(value) ?? 0) + 1);
  }
  return [...times].sort(([, a], [, b]) => b - a).map(([value]) => value);
}

/** The columns of an interval's ends, where the answer has them. */
export function bounds(answer: Answer): readonly [number, number] | null {
  const [low, high] = [answer.columns.indexOf("low"), answer.columns.indexOf("high")];
  return answer.numeric[low] && answer.numeric[high] ? [low, high] : null;
}

function isText(rows: readonly Row[], at: number): boolean {
  return rows.some((row) => row[at]?.is === "literal");
}

function distinct(rows: readonly Row[], at: number): number {
  return new Set(rows.map((row) => row[at]?.v)).size;
}

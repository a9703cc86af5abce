// Tables as files, and links to copy.
import { copy } from "./copying";

const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
const BOM = "\ufeff";
const PLAIN = /^=?-?[0-9]+(?:\.[0-9]+)?(?:e-?[0-9]+)?$/;

/** CSV as the export writes it: a spreadsheet runs nothing in it. */
export function asCsv(columns: readonly string[], rows: Iterable<readonly string[]>): string {
  const lines = [columns, ...rows].map((row) => row.map((cell) => quoted(inert(cell))).join(","));
  return `${lines.join("\n")}\n`;
}

export function asJson(columns: readonly string[], rows: Iterable<readonly string[]>): string {
  const every = [...rows].map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at] ?? ""])));
  return `${JSON.stringify(every, null, 1)}\n`;
}

/** Escapes what a spreadsheet would run as a formula with an apostrophe; numbers stay. */
function inert(cell: string): string {
  return FORMULA.test(cell) && !PLAIN.test(cell) ? `'${cell}` : cell;
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** Downloads a text or an image as a file; a table so that spreadsheets read it as UTF-8. */
export function save(name: string, content: string | Blob, type: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(type === "text/csv" ? [BOM, content] : [content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Makes a button copy the address of the page, and confirm it for a moment. */
export function copiesAddress(button: HTMLElement): void {
  copies(button, () => location.href, "Link copied", "Copy the address");
}

/** Makes a button copy a text, and confirm it for a moment. */
export function copies(button: HTMLElement, text: () => string, done?: string, failed?: string): void {
  button.addEventListener("click", () => void copy(button, text(), done, failed));
}

// Saves a figure of a page as an image, with its colours as shown, and its address; its rows as CSV.
import { asCsv, save } from "./saving";

const STYLES = ["fill", "stroke", "stroke-width", "stroke-dasharray", "opacity", "display", "visibility", "font-family", "font-size", "font-style", "font-weight", "font-variant-numeric", "text-anchor", "dominant-baseline", "text-decoration"];
const SVG = "http://www.w3.org/2000/svg";
const FOOT = 26;
const SHARP = 2;

/** Saves a figure as SVG, or as PNG at twice its size; the table of its rows as CSV. */
export async function take(figure: Element, format: string): Promise<void> {
  const shown = figure.querySelector<SVGSVGElement>(".plot-box svg");
  if (!shown) return;
  const title = figure.querySelector("figcaption b")?.textContent ?? "";
  if (format === "csv") return save(fileName(title, format), rowsOf(figure, title), "text/csv");
  const { copy, width, height } = standingAlone(shown, title);
  const text = new XMLSerializer().serializeToString(copy);
  const name = fileName(title, format);
  if (format === "svg") save(name, text, "image/svg+xml");
  else save(name, await painted(text, width, height), "image/png");
}

function fileName(title: string, ending: string): string {
  const parts = [...location.pathname.split("/").filter(Boolean).slice(-2), title].join(" ");
  return `${parts.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "")}.${ending}`;
}

/** The table of a plot as CSV, with the ids of the claims that its last column leads to. */
function rowsOf(figure: Element, title: string): string {
  const [table] = figure.querySelectorAll<HTMLTableElement>("table.plot-table");
  const heads = [...(table?.tHead?.rows[0]?.cells ?? [])].slice(1).map(textOf);
  const rows = [...(table?.tBodies ?? [])].flatMap((body) => {
    const part = textOf(body.querySelector(".endpoint"));
    return [...body.querySelectorAll<HTMLTableRowElement>("tr:not(.endpoint)")].map((row) => {
      const [name, ...cells] = row.cells;
      const links = [...(cells.at(-1)?.querySelectorAll<HTMLAnchorElement>("a") ?? [])].map(({ href }) => href);
      const claims = links.map((href) => decodeURIComponent(href.replace(/^.*\/study\/([^/]+)\/#/, "$1#")));
      return [title, part, textOf(name?.firstChild), textOf(name?.querySelector(".detail")), ...cells.map(textOf), claims.join(" ")];
    });
  });
  return asCsv(["plot", "part", "row", "detail", ...heads, "claims"], rows);
}

/** The text of a cell on one line; what is in boxes of its own is set apart. */
function textOf(cell: Node | null | undefined): string {
  const boxes = cell instanceof Element ? [...cell.querySelectorAll(":scope > div, :scope > .detail")] : [];
  const apart = boxes.map((box) => box.textContent ?? "");
  const own = boxes.length ? [...(cell?.childNodes ?? [])].filter((node) => !boxes.includes(node as Element)).map((node) => node.textContent ?? "").join("") : (cell?.textContent ?? "");
  return [own, ...apart].map((text) => text.replace(/\s+/g, " ").trim()).filter(Boolean).join("; ");
}

function standingAlone(shown: SVGSVGElement, title: string): { copy: SVGSVGElement; width: number; height: number } {
  const copy = shown.cloneNode(true) as SVGSVGElement;
  const from = [shown, ...shown.querySelectorAll("*")];
  for (const [at, element] of [copy, ...copy.querySelectorAll("*")].entries()) {
    const own = from[at];
    const style = own ? getComputedStyle(own) : null;
    for (const name of STYLES) (element as SVGElement).style.setProperty(name, style?.getPropertyValue(name) ?? "");
    const link = element.getAttribute("href");
    if (link) element.setAttribute("href", new URL(link, location.href).href);
  }
  const { x, y, width, height: drawn } = shown.viewBox.baseVal;
  const height = drawn + FOOT;
  const size = { xmlns: SVG, width, height, viewBox: `${x} ${y} ${width} ${height}` };
  for (const [name, value] of Object.entries(size)) copy.setAttribute(name, String(value));
  const page = getComputedStyle(document.body);
  const back = made("rect", { x, y, width, height, fill: page.backgroundColor });
  const foot = made("text", { x: x + 6, y: y + height - 9, fill: page.color, "font-size": 10 });
  const address = document.querySelector<HTMLLinkElement>("link[rel=canonical]")?.href ?? location.href;
  foot.textContent = [title, address].filter(Boolean).join(" · ");
  copy.prepend(back);
  copy.append(foot);
  return { copy, width, height };
}

function made(kind: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const element = document.createElementNS(SVG, kind);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}

/** Paints a drawing at twice its size. */
export async function painted(text: string, width: number, height: number): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: width * SHARP, height: height * SHARP });
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done, fail) => canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("the drawing is too large"))), "image/png"));
}

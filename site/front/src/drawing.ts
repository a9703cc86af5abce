// Saves a figure of a page as an image, with its colours as shown, and its address.
import { save } from "./saving";

const STYLES = ["fill", "stroke", "stroke-width", "stroke-dasharray", "opacity", "display", "visibility", "font-family", "font-size", "font-style", "font-weight", "font-variant-numeric", "text-anchor", "dominant-baseline", "text-decoration"];
const SVG = "http://www.w3.org/2000/svg";
const FOOT = 26;
const SHARP = 2;

/** Saves a figure as SVG, or as PNG at twice its size. */
export async function take(figure: Element, format: string): Promise<void> {
  const shown = figure.querySelector<SVGSVGElement>(".plot-box svg");
  if (!shown) return;
  const title = figure.querySelector("figcaption b")?.textContent ?? "";
  const { copy, width, height } = standingAlone(shown, title);
  const text = new XMLSerializer().serializeToString(copy);
  const parts = [...location.pathname.split("/").filter(Boolean).slice(-2), title].join(" ");
  const name = `${parts.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "")}.${format}`;
  if (format === "svg") save(name, text, "image/svg+xml");
  else save(name, await painted(text, width, height), "image/png");
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

// The pop-up of a figure: what each source reports. The text is loaded when the first one is opened;
// without this program, a figure leads to its source.
import { copy } from "./copying";

interface Claim {
  readonly measure: string;
  readonly head: string;
  /** The group and time, where they are not those of the first claim. */
  readonly also: string;
  readonly html: string;
  readonly concerns: readonly string[];
  /** The text to copy: the figure, and the index of its origin. */
  readonly copy: readonly [string, number];
}
interface Prints {
  readonly claims: Readonly<Record<string, Claim>>;
  readonly concerns: Readonly<Record<string, string>>;
  /** Who reports a figure and where, as text to copy; many figures have the same. */
  readonly origins: readonly string[];
  /** The beginning of the IRIs of claims. */
  readonly iri: string;
}

const COPY = '<p class="take"><button type="button">Copy with citation</button></p>';
const FIGURE = "[data-prints] a.fig";
const files = new Map<string, Promise<Prints>>();
let made: HTMLElement | null = null;

function load(address: string): Promise<Prints> {
  const known = files.get(address);
  if (known) return known;
  const loaded = fetch(address).then((answer) => {
    if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
    return answer.json() as Promise<Prints>;
  });
  files.set(address, loaded);
  return loaded;
}

function box(): HTMLElement {
  if (made) return made;
  made = document.createElement("div");
  made.className = "prints";
  made.tabIndex = -1;
  made.setAttribute("popover", "");
  made.setAttribute("role", "dialog");
  made.setAttribute("aria-label", "Where this figure comes from");
  (document.getElementById("page-content") ?? document.body).append(made);
  return made;
}

function place(opened: HTMLElement, figure: Element): void {
  opened.style.cssText = "";
  if (window.innerWidth < 600) return;
  const at = figure.getBoundingClientRect();
  const size = opened.getBoundingClientRect();
  const left = Math.min(Math.max(8, at.left), window.innerWidth - size.width - 24);
  const fits = at.bottom + 8 + size.height < window.innerHeight;
  const top = fits ? at.bottom + 6 : Math.max(8, at.top - size.height - 6);
  opened.style.cssText = `inset: ${top}px auto auto ${left}px; margin: 0`;
}

function content(text: string, claims: readonly Claim[], concerns: readonly string[]): string {
  const [first] = claims;
  const items = claims.map(({ measure, also, html }) => {
    const other = measure === first?.measure ? "" : `<div>${also}</div>`;
    return `<li>${html}${other}${COPY}</li>`;
  });
  const head = `<div class="prints-head"><b>${text}</b> <span>${first?.head ?? ""}</span></div>`;
  return `${head}<ol>${items.join("")}</ol>${concerns.join("")}`;
}

function escaped(text: string): string {
  const element = document.createElement("i");
  element.textContent = text;
  return element.innerHTML;
}

/** A claim as text to paste: the figure, who reports it and where, and its address. */
function citation({ claims, origins, iri }: Prints, name: string): string {
  const [figure, origin] = claims[name]?.copy ?? ["", -1];
  return [figure, origins[origin] ?? "", `${iri}${name}`].join(" ");
}

/** Opens the pop-up of a figure; leads to its source where what is behind it cannot be loaded. */
export async function open(figure: Element): Promise<void> {
  const file = figure.closest<HTMLElement>("[data-prints]")?.dataset["prints"] ?? "";
  const address = new URL(file, location.href);
  const own = figure.getAttribute("href")?.split("#")[1] ?? "";
  const names = (figure.getAttribute("data-claims") ?? (figure.id || decodeURIComponent(own))).split(" ");
  let prints: Prints;
  try {
    prints = await load(address.href);
  } catch {
    location.href = figure.getAttribute("href") ?? "";
    return;
  }
  const shown = names.filter((name) => prints.claims[name]);
  const claims = shown.flatMap((name) => prints.claims[name] ?? []);
  const concerns = [...new Set(claims.flatMap((claim) => claim.concerns))];
  const opened = box();
  const text = escaped((figure.textContent ?? "").trim());
  opened.innerHTML = content(text, claims, concerns.flatMap((name) => prints.concerns[name] ?? []));
  const start = new URL("../../", address); // of the site
  for (const link of opened.querySelectorAll("a[href]")) {
    link.setAttribute("href", new URL(link.getAttribute("href") ?? "", start).href);
  }
  for (const [at, button] of opened.querySelectorAll<HTMLElement>(".take > button").entries()) {
    button.addEventListener("click", () => void copy(button, citation(prints, shown[at] ?? "")));
  }
  if (figure instanceof HTMLElement) figure.focus({ preventScroll: true });
  opened.showPopover();
  place(opened, figure);
  opened.scrollTop = 0;
  opened.focus({ preventScroll: true });
}

/** The figure of a click: itself, or that beside whose mark it was. */
function clicked(event: MouseEvent): Element | null {
  const { target } = event;
  if (!(target instanceof Element) || event.ctrlKey || event.metaKey || event.shiftKey) return null;
  const figure = target.closest(FIGURE);
  if (figure || !target.matches(".mark")) return figure;
  const before = target.parentElement?.querySelector("a.fig") ?? null;
  return before?.matches(FIGURE) ? before : null;
}

/** Lets figures open their pop-ups. */
export function openPrints(): void {
  document.addEventListener("click", (event) => {
    const figure = clicked(event);
    if (!figure) return;
    event.preventDefault();
    void open(figure);
  });
}

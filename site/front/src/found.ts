// The box of the search and what it found: a combobox over a list of links.

import type { Answer, Found, Part } from "./ranking";

type Reply = { id: number; answer: Answer } | { id: number; fault: string };

const INDEX = new URL("../../data/search.json.gz", import.meta.url).href;
const ROOT = new URL("../../", import.meta.url).href;

/** Answers in the box from when it is made. */
export class Search {
  readonly #input: HTMLInputElement;
  readonly #toggle = document.querySelector<HTMLInputElement>("#__search")!;
  readonly #status = document.querySelector<HTMLElement>(".md-search-result__meta")!;
  readonly #list = document.querySelector<HTMLElement>("#search-list")!;
  readonly #worker: Worker;
  #asked = 0;
  #options: HTMLAnchorElement[] = [];
  #active = -1;
  /** Enter was pressed before the answer came. */
  #isAwaited = false;

  constructor(input: HTMLInputElement) {
    this.#input = input;
    // Only a program fills the list: without one, the page has no list to choose from.
    this.#list.setAttribute("role", "listbox");
    this.#list.setAttribute("aria-label", "Results");
    this.#worker = new Worker(new URL("./searcher.js", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<Reply>) => this.#answered(data);
    this.#worker.onerror = () => this.#say("The search could not be loaded.");
    input.addEventListener("focus", () => this.#show(true));
    input.addEventListener("input", () => (this.#show(true), this.#ask()));
    input.addEventListener("keydown", (event) => this.#pressed(event));
    input.form?.addEventListener("reset", () => queueMicrotask(() => (this.#ask(), input.focus())));
    this.#toggle.addEventListener("change", () => this.#turned());
    this.#list.addEventListener("click", ({ target }) => target instanceof Element && target.closest("a") && this.#show(false));
    this.#ask();
    if (document.activeElement === input) this.#show(true);
  }

  #ask(): void {
    this.#isAwaited = false;
    if (this.#input.value.trim() && this.#options.length === 0) this.#say("Searching …");
    this.#worker.postMessage({ id: ++this.#asked, index: INDEX, query: this.#input.value });
  }

  #answered(reply: Reply): void {
    if (reply.id !== this.#asked) return;
    if ("fault" in reply) return this.#say(reply.fault);
    const { found } = reply.answer;
    this.#list.replaceChildren(...found.map(item));
    this.#options = [...this.#list.querySelectorAll("a")];
    this.#options.forEach((option, place) => (option.id = `found-${place}`));
    this.#choose(-1);
    this.#say(this.#summary(reply.answer));
    this.#show(this.#toggle.checked);
    if (this.#isAwaited) this.#options[0]?.click();
  }

  #summary({ found, read, missing, near }: Answer): string {
    if (!this.#input.value.trim()) return "Type a name, a figure, an author or a number";
    const nothing = missing.length > 0 ? `Nothing in the records on ${quoted(missing)}` : "";
    if (found.length === 0 && near.length > 0) return `${nothing}; nearest words: ${near.join(", ")}`;
    if (found.length === 0) return nothing || "Nothing found: try fewer words, or another name";
    const pages = read ? `found for ${quoted([read])}` : found.length === 1 ? "1 page" : `${found.length} pages`;
    return nothing ? `${nothing}; ${pages}` : pages;
  }

  #say(text: string): void {
    if (this.#status.textContent !== text) this.#status.textContent = text;
  }

  /** Opens the list, which is the dialog on a phone, or closes it. */
  #show(isShown: boolean): void {
    if (this.#toggle.checked !== isShown) {
      this.#toggle.checked = isShown;
      this.#toggle.dispatchEvent(new Event("change"));
    }
    this.#input.setAttribute("aria-expanded", String(isShown && this.#options.length > 0));
  }

  /** The theme's label has been used. */
  #turned(): void {
    if (this.#toggle.checked && document.activeElement !== this.#input) this.#input.focus();
  }

  #pressed(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const { key } = event;
    if (key === "ArrowDown" || key === "ArrowUp") this.#choose(this.#active + (key === "ArrowDown" ? 1 : -1));
    else if (key === "Enter") this.enter();
    else if (key === "Escape") (this.#show(false), this.#input.blur());
    else if (key === "Tab") return this.#show(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Follows the active link, or the first one as soon as there is one. */
  enter(): void {
    const option = this.#options[Math.max(this.#active, 0)];
    if (option) option.click();
    else this.#isAwaited = this.#input.value.trim() !== "";
  }

  /** Makes an option the active one; -1 and beyond the ends is the box itself. */
  #choose(place: number): void {
    this.#options[this.#active]?.setAttribute("aria-selected", "false");
    const length = this.#options.length + 1;
    this.#active = ((place + 1 + length) % length) - 1;
    const option = this.#options[this.#active];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) this.#input.setAttribute("aria-activedescendant", option.id);
    else this.#input.removeAttribute("aria-activedescendant");
  }
}

function item(page: Found): HTMLElement {
  const box = element("div", "md-search-result__item");
  box.setAttribute("role", "presentation");
  box.append(link(page, "found-page", page.kind), ...page.parts.map((part) => link(part, "found-part")));
  return box;
}

function link(part: Part, name: string, kind = ""): HTMLElement {
  const option = element("a", `md-search-result__link ${name}`) as HTMLAnchorElement;
  option.href = new URL(part.url, ROOT).href;
  option.tabIndex = -1;
  option.setAttribute("role", "option");
  option.setAttribute("aria-selected", "false");
  const head = element("span", "found-title", part.title);
  const pieces = [
    ...(kind ? [element("span", "found-kind", kind)] : []),
    ...(part.figure ? [element("strong", "found-figure", part.figure)] : []),
    head,
    ...(part.snippet ? [element("span", "found-snippet", part.snippet)] : []),
  ];
  // Blanks keep the pieces apart for screen readers.
  option.append(...pieces.flatMap((piece) => [piece, " "]));
  return option;
}

function quoted(all: string[]): string {
  return all.map((one) => `“${one}”`).join(", ");
}

function element(tag: string, name: string, text = ""): HTMLElement {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}

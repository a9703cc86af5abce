// Filters a list by the data attributes of its items; the choice is in the fragment of the
// address, so that it can be shared.

type Choice = Map<string, string>;

function chosen(form: HTMLFormElement): Choice {
  const fields = [...new FormData(form)].map(([name, value]) => [name, String(value)] as const);
  return new Map(fields.filter(([, value]) => value !== ""));
}

function fits(item: HTMLElement, choice: Choice): boolean {
  return [...choice].every(([name, value]) => {
    if (name === "words") {
      const text = (item.textContent ?? "").toLowerCase();
      return value.toLowerCase().split(/\s+/).every((word) => text.includes(word));
    }
    const own = item.dataset[name] ?? "";
    return own === value || own.split(" ").includes(value);
  });
}

function apply(form: HTMLFormElement, items: readonly HTMLElement[], keep: boolean): void {
  const choice = chosen(form);
  for (const item of items) item.hidden = !fits(item, choice);
  const shown = items.filter((item) => !item.hidden).length;
  const output = form.querySelector("output");
  if (output) output.textContent = `${shown} of ${items.length} shown`;
  const fragment = new URLSearchParams([...choice]).toString();
  if (keep) history.replaceState(null, "", fragment ? `#${fragment}` : location.pathname + location.search);
}

/** Reads the choice from the address; values that the form does not offer are ignored. */
function restore(form: HTMLFormElement): void {
  for (const [name, value] of new URLSearchParams(location.hash.slice(1))) {
    const field = form.elements.namedItem(name);
    const isOffered =
      field instanceof HTMLSelectElement && [...field.options].some((one) => one.value === value);
    if (isOffered || field instanceof HTMLInputElement) field.value = value;
  }
}

/** Sets up the filter form of the page, if there is one. */
export function openFilter(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-filters]");
  const list = form && document.getElementById(form.dataset.filters ?? "");
  if (!form || !list) return;
  const items = [...list.querySelectorAll<HTMLElement>("[data-severity]")];
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => apply(form, items, true));
  form.addEventListener("reset", () => setTimeout(() => apply(form, items, true)));
  window.addEventListener("hashchange", () => {
    form.reset();
    restore(form);
    setTimeout(() => apply(form, items, false));
  });
  restore(form);
  apply(form, items, false);
}

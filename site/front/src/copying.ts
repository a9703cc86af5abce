// Copying a text: the button confirms it, and so does a live region for those who cannot see it.

let region: HTMLElement | null = null;

/** The live region of the page; it must be there before its text, or nothing is announced. */
export function liveRegion(): HTMLElement {
  if (region) return region;
  region = document.createElement("div");
  region.className = "sr";
  region.id = "announced";
  region.setAttribute("role", "status");
  document.body.append(region);
  return region;
}

/** Copies a text and confirms it on the button for a moment. */
export async function copy(button: HTMLElement, text: string, done = "Copied", failed = "Could not copy"): Promise<void> {
  const name = (button.dataset["name"] ??= button.textContent ?? "");
  let words = done;
  try {
    await navigator.clipboard.writeText(text); // undefined on a page without https
  } catch {
    words = failed;
  }
  button.textContent = liveRegion().textContent = words;
  setTimeout(() => {
    button.textContent = name;
    liveRegion().textContent = "";
  }, 2500);
}

/** Lets the buttons of every page copy the text that they carry. */
export function copiesTexts(): void {
  liveRegion();
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("button[data-copy]") : null;
    const text = button?.dataset["copy"] ?? "";
    if (button) void copy(button, "here" in button.dataset ? here(text) : text);
  });
}

/** A text with the address of the page, as it is shown now: what is chosen is in its fragment. */
function here(text: string): string {
  const address = document.querySelector<HTMLLinkElement>("link[rel=canonical]")?.href ?? "";
  return address && location.hash ? text.replace(address, () => address + location.hash) : text;
}

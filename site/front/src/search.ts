// The search of the header: waits for its box to be used, and only then loads the rest.

import type { Search } from "./found";

const AREA = ".md-search, [for=__search]";

/** Opens the search when a reader goes to it, by mouse, key or an address with `?q=`. */
export function awaitSearch(): void {
  const input = document.querySelector<HTMLInputElement>(".md-search__input");
  if (!input) return;
  let opened: Promise<Search> | undefined;
  const open = (): Promise<Search> => (opened ??= import("./found").then((found) => new found.Search(input)));
  for (const kind of ["focusin", "pointerover"]) {
    document.addEventListener(kind, ({ target }) => {
      if (target instanceof Element && target.closest(AREA)) void open();
    });
  }
  document.addEventListener("keydown", (event) => {
    const isElsewhere = event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
    if (isElsewhere || event.ctrlKey || event.metaKey || event.altKey || !"/fs".includes(event.key)) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
  input.form?.addEventListener("submit", (event) => {
    event.preventDefault();
    void open().then((search) => search.enter());
  });
  const asked = new URLSearchParams(location.search).get("q");
  if (asked === null) return;
  input.value = asked;
  void open().then(() => input.focus());
}

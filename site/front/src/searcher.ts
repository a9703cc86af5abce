// The worker of the search: loads the index once, and answers queries.

import { fetchJson } from "./bytes";
import type { Index } from "./indexed";
import { Ranking } from "./ranking";

let ranking: Promise<Ranking> | undefined;

async function load(url: string): Promise<Ranking> {
  return new Ranking(await fetchJson<Index>(url));
}

addEventListener("message", async ({ data }: MessageEvent<{ id: number; index: string; query: string }>) => {
  try {
    ranking ??= load(data.index);
    postMessage({ id: data.id, answer: (await ranking).ask(data.query) });
  } catch (error) {
    ranking = undefined;
    postMessage({ id: data.id, fault: error instanceof Error ? error.message : String(error) });
  }
});

// A forest plot in another page: what the address of the builder chooses, without the builder.
import { fetchJson } from "./bytes";
import { choiceOf, paramsOf, pictureOf, titleOf } from "./forestchoice";
import { draw } from "./forestdrawing";
import { Forest } from "./forestrows";
import { tableOf } from "./foresttable";
import { partOf } from "./table";

const part = (name: string): HTMLElement => partOf(`forest-${name}`);

function show(forest: Forest, root: string): void {
  const { choice, unknown } = choiceOf(forest, new URLSearchParams(location.hash.slice(1)));
  const kind = forest.kind(choice.kind);
  const offered = forest.offered(choice);
  const ticked = new Set(choice.rows ?? forest.usual(offered));
  const sections = forest.sections(choice, offered.filter(({ id }) => ticked.has(id)));
  const missing = unknown.map((text) => `There is no ${text} in this evidence base.`);
  part("status").textContent = [...missing, ...(kind && sections.length ? [] : ["No row is chosen."])].join(" ");
  part("link").setAttribute("href", `${root}forest/#${paramsOf(choice).toString()}`);
  part("picture").replaceChildren();
  part("table").replaceChildren();
  if (!kind || !sections.length) return;
  const { svg } = draw(pictureOf(forest, choice, kind, sections));
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `${titleOf(forest, choice, kind)}: forest plot; its rows are in the table below`);
  part("picture").classList.toggle("is-column", choice.shape === "column");
  part("picture").append(svg);
  part("table").append(tableOf(forest, kind, sections, root));
}

async function start(): Promise<void> {
  const { root = "", rows = "" } = part("embedded").dataset;
  try {
    const forest = new Forest(await fetchJson(rows));
    show(forest, root);
    window.addEventListener("hashchange", () => show(forest, root));
  } catch (error) {
    part("status").textContent = `The rows could not be loaded: ${(error as Error).message}`;
  }
}

void start();

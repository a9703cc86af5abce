// The answer below the editor: its table, its chart, and its downloads.
import type { View } from "./address";
import type { Engine } from "./engine";
import type { Answer, Format, Row, Sorting } from "./messages";
import type { Offered } from "./offered";
import { save } from "./saving";
import { canDraw, MOST_ROWS } from "./shape";
import { drawTable, element } from "./table";

export const SHOWN = 200;
const KINDS: Record<Format, [name: string, type: string]> = {
  csv: ["CSV", "text/csv"],
  json: ["JSON", "application/sparql-results+json"],
  nt: ["N-Triples", "application/n-triples"],
};

export interface AnswerWiring {
  readonly engine: Engine;
  readonly offered: Offered;
  readonly root: string;
  /** The file name of downloads. */
  name(): string;
  viewed(view: View): void;
}

export class AnswerView {
  #answer: Answer | undefined;
  #rows: readonly Row[] = [];
  #sorting: Sorting | null = null;
  #view: View = "table";

  constructor(
    readonly parts: Record<"views" | "downloads" | "table" | "chart" | "tableTab" | "chartTab", HTMLElement>,
    readonly wiring: AnswerWiring,
  ) {
    const tabs = [parts.tableTab, parts.chartTab];
    tabs.forEach((tab, at) => {
      tab.addEventListener("click", () => this.look(at ? "chart" : "table"));
      tab.addEventListener("keydown", ({ key }) => {
        if (key !== "ArrowLeft" && key !== "ArrowRight") return;
        const other = tabs[1 - at];
        this.look(at ? "table" : "chart");
        other?.focus();
      });
    });
  }

  get view(): View {
    return this.#view;
  }

  show(answer: Answer, view: View): void {
    this.#answer = answer;
    this.#rows = answer.rows;
    this.#sorting = null;
    this.parts.views.hidden = false;
    this.parts.chartTab.toggleAttribute("disabled", !canDraw(answer));
    this.#offerDownloads(answer);
    this.#draw();
    this.#turn(canDraw(answer) ? view : "table");
  }

  clear(): void {
    this.#answer = undefined;
    this.parts.views.hidden = true;
    this.parts.table.replaceChildren();
    this.parts.chart.replaceChildren();
  }

  /** Shows the table or the chart. */
  look(view: View): void {
    if (!this.#answer || (view === "chart" && !canDraw(this.#answer))) return;
    this.#turn(view);
    this.wiring.viewed(view);
  }

  #turn(view: View): void {
    this.#view = view;
    for (const name of ["table", "chart"] as const) {
      const tab = this.parts[`${name}Tab`];
      this.parts[name].hidden = name !== view;
      tab.setAttribute("aria-selected", String(name === view));
      tab.tabIndex = name === view ? 0 : -1;
    }
    if (view === "chart") void this.#drawChart();
  }

  #draw(): void {
    if (!this.#answer) return;
    drawTable(this.parts.table, this.#answer, this.#rows, this.#sorting, {
      offered: this.wiring.offered,
      root: this.wiring.root,
      sort: (sorting) => void this.#fetch(sorting, SHOWN),
      showMore: () => void this.#fetch(this.#sorting, this.#rows.length + 5 * SHOWN),
    });
  }

  async #fetch(sorting: Sorting | null, most: number): Promise<void> {
    const column = this.parts.table.contains(document.activeElement)
      ? (document.activeElement as HTMLElement).dataset["column"]
      : undefined;
    this.#rows = await this.wiring.engine.ask("rows", { sorting, most });
    this.#sorting = sorting;
    this.#draw();
    if (column) this.parts.table.querySelector<HTMLElement>(`[data-column="${column}"]`)?.focus();
  }

  async #drawChart(): Promise<void> {
    const answer = this.#answer;
    if (!answer) return;
    const [{ drawChart }, rows] = await Promise.all([
      import("./chart"),
      this.wiring.engine.ask("rows", { sorting: null, most: MOST_ROWS }),
    ]);
    if (answer === this.#answer && this.#view === "chart") drawChart(this.parts.chart, answer, rows, this.wiring.offered);
  }

  #offerDownloads(answer: Answer): void {
    const isGraph = answer.form === "CONSTRUCT" || answer.form === "DESCRIBE";
    const formats: Format[] = isGraph ? ["csv", "nt"] : ["csv", "json"];
    const buttons = formats.map((format) => {
      const button = element("button", "console-button", KINDS[format][0]);
      button.setAttribute("type", "button");
      button.setAttribute("aria-label", `Download all rows as ${KINDS[format][0]}`);
      button.addEventListener("click", () => void this.#save(format));
      return button;
    });
    this.parts.downloads.replaceChildren(element("span", "", "Download"), ...buttons);
  }

  async #save(format: Format): Promise<void> {
    const text = await this.wiring.engine.ask("save", { format });
    save(`${this.wiring.name()}.${format}`, text, KINDS[format][1]);
  }
}

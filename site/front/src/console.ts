// The console: a question or a query, run in the worker, with its answer and its address.
import { readAddress, writeAddress, type State, type View } from "./address";
import { AnswerView, SHOWN } from "./answer";
import { Editor } from "./editor";
import { fetchJson } from "./bytes";
import { Engine, QueryFault, Stopped } from "./engine";
import { hints } from "./hints";
import type { Answer, Fault } from "./messages";
import { Offered, type Parameter, type Question, type Values } from "./offered";
import { formOf, plainly, rebind, refusal, withPrefixes } from "./sparql";
import { count, element, partOf as part } from "./table";
import { ValueForm } from "./values";

const LIMIT = 60_000;
const OWN = "SELECT ?s ?p ?o {\n  ?s ?p ?o\n}\nLIMIT 100\n";

/** Starts the console of the page. */
export async function openConsole(): Promise<void> {
  const { root = "", dataset = "", offered = "" } = part("console").dataset;
  try {
    const engine = new Engine(new URL("./oxigraph.wasm.gz", import.meta.url).href, dataset);
    engine.ready.catch(() => undefined); // reported below, after the words
    await new Console(engine, new Offered(await fetchJson(offered)), root).open();
  } catch (error) {
    part("console-status").textContent = `The console could not start: ${(error as Error).message}`;
  }
}

class Console {
  readonly #select = part<HTMLSelectElement>("console-question");
  readonly #run = part<HTMLButtonElement>("console-run");
  readonly #stop = part<HTMLButtonElement>("console-stop");
  readonly #form: ValueForm;
  readonly #editor: Editor;
  readonly #answer: AnswerView;
  #composed = "";
  #isBusy = false;
  #isWaiting = false;
  #checking = 0;
  #changing = 0;

  constructor(
    readonly engine: Engine,
    readonly offered: Offered,
    root: string,
  ) {
    const wiring = { engine, offered, root, name: () => this.#select.value || "answer", viewed: () => this.#writeAddress() };
    this.#answer = new AnswerView(answerParts(), wiring);
    this.#form = new ValueForm(part("console-values"), offered, (parameter) => this.#fill(parameter));
    part("console-editor").replaceChildren(); // the query that the page itself shows until now
    this.#editor = new Editor({
      parent: part("console-editor"),
      offered,
      changed: (text, byReader) => this.#edited(text, byReader),
      run: () => void this.run(),
    });
  }

  async open(): Promise<void> {
    this.#run.addEventListener("click", () => void this.run());
    this.#stop.addEventListener("click", () => this.engine.stop());
    part("console-link").addEventListener("click", () => void this.#copyLink());
    this.#select.addEventListener("change", () => this.#choose());
    window.addEventListener("popstate", () => this.#restore());
    this.#restore(false);
    await this.#becomeReady();
    await this.run("replace");
  }

  async #becomeReady(): Promise<void> {
    const quads = await this.engine.ready;
    this.#run.disabled = false;
    this.#say(`${count(quads)} statements loaded.`);
  }

  // --- the question -------------------------------------------------------------------------

  #restore(runs = true): void {
    const chosen = this.#select.value; // by the page, or by a reader who was faster than this program
    const state = readAddress(location.hash) ?? { question: chosen, values: {}, query: "", view: "table" as View };
    this.#wanted = state.view;
    if (state.query) this.#ask("", {}, state.query);
    else this.#ask(state.question, state.values);
    if (runs) void this.run("replace");
  }

  #wanted: View = "table";

  #ask(name: string, values: Values, query = ""): void {
    const question = this.offered.question(name);
    const isSaid = Object.keys(values).length > 0;
    const choose = ({ name, optional, value }: Parameter): string => values[name] ?? (isSaid && optional ? "" : value);
    const given = Object.fromEntries(question?.parameters.map((one) => [one.name, choose(one)]) ?? []);
    this.#select.value = question ? name : "";
    this.#form.show(question, given);
    this.#composed = question ? this.offered.compose(question, given) : "";
    this.#editor.text = query || this.#composed || OWN;
    this.#explain(question);
  }

  /** Says why the question is asked, or that the query is another one by now. */
  #explain(question: Question | undefined): void {
    const isEdited = this.#editor.text !== this.#composed;
    const text = isEdited ? "Edited: the query below is not this question as listed." : `Why: ${question?.why}.`;
    part("console-why").textContent = question ? text : "";
  }

  #choose(): void {
    this.#wanted = "table";
    this.#ask(this.#select.value, {});
    void this.run();
  }

  /** A value changed: an unedited question is composed again, an edited one keeps its edits. */
  #fill(parameter: Parameter): void {
    const question = this.offered.question(this.#select.value);
    if (!question) return;
    const { values } = this.#form;
    if (this.#editor.text === this.#composed) {
      this.#composed = this.offered.compose(question, values);
      this.#editor.text = this.#composed;
    } else {
      const term = this.offered.term(parameter, values[parameter.name] ?? "");
      this.#editor.text = rebind(this.#editor.text, parameter.name, term);
    }
    clearTimeout(this.#changing);
    this.#changing = window.setTimeout(() => void this.run(), 250);
  }

  #edited(text: string, byReader: boolean): void {
    if (!byReader) return;
    this.#form.follow(text);
    this.#explain(this.offered.question(this.#select.value));
    clearTimeout(this.#checking);
    this.#checking = window.setTimeout(() => void this.#check(), 400);
  }

  /** Marks errors during typing; the engine only parses the query. */
  async #check(): Promise<void> {
    const text = this.#editor.text;
    if (this.#isBusy || !text.trim()) return;
    const fault = refusal(text) ?? (await this.#parse(text));
    if (text === this.#editor.text) this.#editor.mark(fault);
    if (!fault) this.#showFault(null);
  }

  async #parse(text: string): Promise<Fault | null> {
    const full = withPrefixes(text, this.offered.prefixes);
    const fault = await this.engine.ask("check", { text: full.text }).catch(() => null);
    return fault && this.#plainly(fault, text, full.lines);
  }

  #plainly(fault: Fault, text: string, addedLines: number): Fault {
    const prefixes = Object.keys(this.offered.prefixes);
    return plainly(fault, { text, addedLines, prefixes }, this.#editor.firstError());
  }

  // --- the answer --------------------------------------------------------------------------

  async run(address: "push" | "replace" = "push"): Promise<void> {
    if (this.#isBusy) {
      this.#isWaiting = true;
      return;
    }
    const text = this.#editor.text;
    const view = this.#wanted === "chart" ? this.#wanted : this.#answer.view;
    this.#wanted = "table";
    const refused = refusal(text);
    if (refused) return this.#fail(refused);
    this.#busy(true);
    this.#answer.clear(); // an old answer never stands below a new query
    this.#hint(hints(text, this.offered));
    try {
      this.#show(await this.#answerTo(text), view, address);
    } catch (error) {
      this.#failed(error, text);
    }
    this.#busy(false);
    if (this.#isWaiting) {
      this.#isWaiting = false;
      await this.run();
    }
  }

  async #answerTo(text: string): Promise<Answer> {
    await this.engine.ready;
    this.#say("Running …");
    const full = withPrefixes(text, this.offered.prefixes);
    return this.engine.ask("ask", { text: full.text, form: formOf(text), most: SHOWN }, LIMIT);
  }

  #show(answer: Answer, view: View, address: "push" | "replace"): void {
    this.#showFault(null);
    this.#editor.mark(null);
    this.#answer.show(answer, view);
    this.#writeAddress(address);
    this.#say(`${summary(answer)} in ${Math.max(1, Math.round(answer.milliseconds))} ms.`);
    performance.mark("console-answered");
  }

  #failed(error: unknown, text: string): void {
    if (error instanceof Stopped) {
      this.#say(`${error.message} The dataset is loaded again.`);
      return;
    }
    const added = withPrefixes(text, this.offered.prefixes).lines;
    this.#fail(error instanceof QueryFault ? this.#plainly(error.fault, text, added) : { message: String(error) });
  }

  #fail(fault: Fault): void {
    this.#say("No answer.");
    this.#answer.clear();
    this.#hint([]);
    this.#editor.mark(fault);
    this.#showFault(fault);
  }

  #showFault(fault: Fault | null): void {
    const box = part("console-error");
    box.hidden = !fault;
    box.replaceChildren();
    if (!fault) return;
    if (fault.line) {
      const button = element("button", "console-button", `Line ${fault.line}:${fault.column ?? 1}`);
      button.setAttribute("type", "button");
      button.addEventListener("click", () => this.#editor.goTo(fault));
      box.append(button, " ");
    }
    box.append(fault.message);
  }

  #hint(sentences: readonly string[]): void {
    const box = part("console-hint");
    box.hidden = !sentences.length;
    box.textContent = sentences.join(" ");
  }

  #busy(isBusy: boolean): void {
    this.#isBusy = isBusy;
    this.#stop.disabled = !isBusy;
    this.#run.disabled = isBusy;
    const answer = part("console-answer");
    answer.setAttribute("aria-busy", String(isBusy));
    answer.style.minHeight = isBusy ? `${answer.offsetHeight}px` : ""; // what is below stays in its place
  }

  #say(text: string): void {
    part("console-status").textContent = text;
  }

  // --- its address --------------------------------------------------------------------------

  #state(): State {
    const isOwn = !this.#select.value || this.#editor.text !== this.#composed;
    return {
      question: this.#select.value,
      values: this.#form.values,
      query: isOwn ? this.#editor.text : "",
      view: this.#answer.view,
    };
  }

  #writeAddress(how: "push" | "replace" = "replace"): void {
    const address = writeAddress(this.#state());
    if (address === location.hash) return;
    if (how === "push") history.pushState(null, "", address);
    else history.replaceState(null, "", address);
  }

  async #copyLink(): Promise<void> {
    this.#writeAddress();
    try {
      await navigator.clipboard.writeText(location.href);
      this.#say("The link to this query is copied.");
    } catch {
      this.#say("The address of this page is the link to this query.");
    }
  }
}

function summary({ form, total, rows }: Answer): string {
  if (form === "ASK") return `Answer: ${rows[0]?.[0]?.v === "true" ? "yes" : "no"}`;
  const what = form === "SELECT" ? "row" : "statement";
  return `${count(total)} ${what}${total === 1 ? "" : "s"}`;
}

function answerParts(): AnswerView["parts"] {
  return {
    views: part("console-views"),
    downloads: part("console-downloads"),
    table: part("view-table"),
    chart: part("view-chart"),
    tableTab: part("tab-table"),
    chartTab: part("tab-chart"),
  };
}

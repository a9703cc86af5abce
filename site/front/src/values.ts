// The parameters of a question: a field for each, with the words that fit it.
import type { Offered, Parameter, Question, Values } from "./offered";
import { boundTerm } from "./sparql";
import { element } from "./table";

export class ValueForm {
  #question: Question | undefined;

  constructor(
    readonly form: HTMLElement,
    readonly offered: Offered,
    readonly changed: (parameter: Parameter) => void,
  ) {
    form.addEventListener("submit", (event) => event.preventDefault());
  }

  show(question: Question | undefined, values: Values): void {
    this.#question = question;
    const parameters = question?.parameters ?? [];
    this.form.replaceChildren(...parameters.map((one) => this.#field(one, values[one.name] ?? "")));
    this.form.hidden = !parameters.length;
  }

  /** All values; "" where the reader left one empty. */
  get values(): Values {
    return Object.fromEntries(this.#fields().map((field) => [field.name, field.value.trim()]));
  }

  /** Reads the values from an edited query; a parameter that it does not bind is disabled. */
  follow(text: string): void {
    for (const parameter of this.#question?.parameters ?? []) {
      const field = this.#fields().find(({ name }) => name === parameter.name);
      const term = boundTerm(text, parameter.name);
      if (!field || document.activeElement === field) continue;
      field.value = this.offered.value(parameter, term);
      field.disabled = !term;
      field.setAttribute("aria-invalid", "false");
      const about = field.parentElement?.querySelector(".console-about");
      if (about) about.textContent = term ? (this.offered.word(term)?.label ?? "") : "not bound in the query";
    }
  }

  #fields(): HTMLInputElement[] {
    return [...this.form.querySelectorAll("input")];
  }

  #field(parameter: Parameter, value: string): HTMLElement {
    const label = element("label", "console-value");
    const field = document.createElement("input");
    const about = element("span", "console-about");
    Object.assign(field, { name: parameter.name, value, type: "text", spellcheck: false });
    field.placeholder = parameter.optional ? "any" : parameter.kind;
    label.append(element("span", "", `?${parameter.name}`), field, about);
    const words = this.offered.ofKind(parameter.kind);
    if (words.length) label.append(this.#list(field, words.map((w) => [w.value ?? "", w.label])));
    const judge = (): void => {
      const term = this.offered.term(parameter, field.value);
      const isWrong = !term && (field.value.trim() !== "" || !parameter.optional);
      field.setAttribute("aria-invalid", String(isWrong));
      about.textContent = isWrong ? `not a ${parameter.kind} of the dataset` : (this.offered.word(term)?.label ?? "");
    };
    field.addEventListener("input", () => {
      judge();
      if (field.getAttribute("aria-invalid") === "false") this.changed(parameter);
    });
    judge();
    return label;
  }

  #list(field: HTMLInputElement, words: [string, string][]): HTMLElement {
    const list = element("datalist");
    list.id = `console-list-${field.name}`;
    field.setAttribute("list", list.id);
    list.append(
      ...words.map(([value, label]) => {
        const option = document.createElement("option");
        Object.assign(option, { value, label });
        return option;
      }),
    );
    return list;
  }
}

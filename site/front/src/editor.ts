// The editor: SPARQL highlighted in the theme's colours, with completion and marked errors.
import { acceptCompletion, autocompletion } from "@codemirror/autocomplete";
import { ensureSyntaxTree, foldable, foldEffect, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { setDiagnostics } from "@codemirror/lint";
import { EditorSelection, Prec } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { basicSetup } from "codemirror";
import { sparql } from "codemirror-lang-sparql";
import type { Fault } from "./messages";
import type { Offered } from "./offered";
import { aboutWord, completing } from "./words";

const LOOK = EditorView.theme({
  "&": { color: "var(--md-code-fg-color)", backgroundColor: "var(--md-code-bg-color)", fontSize: ".7rem" },
  "&.cm-focused": { outline: "2px solid var(--md-accent-fg-color)", outlineOffset: "1px" },
  ".cm-scroller": { fontFamily: "var(--md-code-font)", lineHeight: "1.55", fontVariantLigatures: "none" },
  ".cm-content": { caretColor: "var(--md-default-fg-color)", padding: ".4rem 0" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--kb-quiet)", border: "0" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--md-accent-fg-color) 7%, transparent)" },
  ".cm-cursor": { borderLeftColor: "var(--md-default-fg-color)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--md-accent-fg-color) 26%, transparent)",
  },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "color-mix(in srgb, var(--md-accent-fg-color) 30%, transparent)" },
  ".cm-selectionMatch": { backgroundColor: "color-mix(in srgb, var(--md-accent-fg-color) 14%, transparent)" },
  ".cm-foldPlaceholder": { background: "var(--kb-soft)", border: "1px solid var(--kb-line)", color: "inherit" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--kb-bad) 1.5px", textUnderlineOffset: "3px" },
  ".cm-lintPoint-error::after": { borderBottomColor: "var(--kb-bad)" },
  ".cm-tooltip, .cm-panels": {
    backgroundColor: "var(--md-default-bg-color)",
    color: "var(--md-default-fg-color)",
    border: "1px solid var(--kb-line)",
  },
  ".cm-tooltip": { borderRadius: ".25rem", boxShadow: "0 .2rem .8rem rgb(0 0 0 / 24%)", maxWidth: "min(30rem, 94vw)" },
  ".cm-tooltip-autocomplete > ul": { fontFamily: "var(--md-code-font)", fontSize: ".66rem", maxHeight: "14rem" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: ".15rem .4rem", margin: "0" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--kb-ok)", color: "var(--md-default-bg-color)" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-completionDetail": { fontFamily: "var(--md-text-font)", fontStyle: "normal", opacity: "1" },
  ".cm-completionInfo, .cm-word": { padding: ".4rem .6rem", fontSize: ".68rem", lineHeight: "1.4" },
  ".cm-diagnostic": { fontFamily: "var(--md-text-font)", fontSize: ".68rem", borderLeftColor: "var(--kb-bad)" },
});

const COLOURS = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--console-keyword)", fontWeight: "600" },
  { tag: tags.variableName, color: "var(--console-variable)", whiteSpace: "nowrap" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--console-string)" },
  { tag: [tags.number, tags.integer, tags.float, tags.bool], color: "var(--console-number)" },
  { tag: [tags.namespace, tags.url, tags.typeName], color: "var(--console-name)" },
  { tag: tags.comment, color: "var(--kb-quiet)", fontStyle: "italic" },
]);

export interface Wiring {
  readonly parent: HTMLElement;
  readonly offered: Offered;
  changed(text: string, byReader: boolean): void;
  run(): void;
}

export class Editor {
  readonly #view: EditorView;
  #ours = false;

  constructor({ parent, offered, changed, run }: Wiring) {
    const keys = [
      { key: "Mod-Enter", run: () => (run(), true) },
      { key: "Ctrl-Enter", run: () => (run(), true) },
      { key: "Enter", run: acceptCompletion },
    ];
    this.#view = new EditorView({
      parent,
      extensions: [
        Prec.highest(keymap.of(keys)),
        basicSetup,
        sparql(),
        LOOK,
        syntaxHighlighting(COLOURS),
        autocompletion({ override: [completing(offered)], icons: false, maxRenderedOptions: 60 }),
        aboutWord(offered),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": "SPARQL query", "aria-describedby": "console-keys", tabindex: "0" }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) changed(this.text, !this.#ours);
        }),
      ],
    });
  }

  get text(): string {
    return this.#view.state.doc.toString();
  }

  set text(text: string) {
    if (text === this.text) return;
    this.#ours = true;
    this.#view.dispatch({
      changes: { from: 0, to: this.#view.state.doc.length, insert: text },
      selection: EditorSelection.cursor(0),
    });
    this.#ours = false;
    this.mark(null);
    this.#foldPrefixes();
  }

  /** Scrolls past the prefixes, which few want to read. */
  #foldPrefixes(): void {
    const { state } = this.#view;
    const { from, to } = state.doc.line(1);
    ensureSyntaxTree(state, state.doc.length, 100);
    const range = /^PREFIX\b.*\nPREFIX\b/i.test(this.text) ? foldable(state, from, to) : null;
    if (range) this.#view.dispatch({ effects: foldEffect.of(range) });
  }

  /** Marks an error, from its place to the end of the word; or none. */
  mark(fault: Fault | null): void {
    const { state } = this.#view;
    const diagnostics = fault?.line ? [{ ...this.#range(fault), severity: "error" as const, message: fault.message }] : [];
    this.#view.dispatch(setDiagnostics(state, diagnostics));
  }

  /** The first error by the editor's grammar: often the misspelt word. */
  firstError(): { line: number; column: number } | null {
    const { state } = this.#view;
    let at = -1;
    ensureSyntaxTree(state, state.doc.length, 200)?.iterate({
      enter: ({ type, from }) => {
        if (type.isError && at < 0) at = from;
        return at < 0;
      },
    });
    if (at < 0) return null;
    const line = state.doc.lineAt(at);
    return { line: line.number, column: at - line.from + 1 };
  }

  goTo(fault: Fault): void {
    const { from } = this.#range(fault);
    this.#view.dispatch({ selection: EditorSelection.cursor(from), scrollIntoView: true });
    this.#view.focus();
  }

  #range({ line = 1, column = 1 }: Fault): { from: number; to: number } {
    const { doc } = this.#view.state;
    const there = doc.line(Math.min(line, doc.lines));
    const after = there.text.slice(column - 1);
    const lead = /^\s*/.exec(after)?.[0].length ?? 0;
    const word = /^\s*[^\s.;,(){}]+/.exec(after)?.[0].length ?? Math.min(after.length, lead + 1);
    const from = Math.min(there.from + column - 1 + (word > lead ? lead : 0), there.to);
    const to = Math.min(there.from + column - 1 + word, there.to);
    return to > from ? { from, to } : { from: Math.max(there.from, there.to - 1), to: there.to };
  }
}

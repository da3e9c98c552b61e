import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { unifiedMergeView } from "@codemirror/merge";
import { Compartment, EditorState } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";

export interface EditorOptions {
  text: string;
  /** What the change is shown against; null shows no comparison. */
  original: string | null;
  language: string;
  startLine: number;
  tabSize: number;
  onChange: (text: string) => void;
  onSave: () => void;
  onCheck: () => void;
  onLeave: () => void;
}

export interface MountedEditor {
  focus: () => void;
  destroy: () => void;
}

const HIDDEN =
  /[\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0]|[\u{e0000}-\u{e01ef}]/gu;

/** Runs a command of the page from inside the editor, and keeps the key from the editor's own map. */
const binding = (key: string, run: () => void) => ({
  key,
  run: () => {
    run();
    return true;
  },
});

/** The editor is usable before its colours come. */
async function loadScript(view: EditorView, grammar: Compartment, language: string): Promise<void> {
  const { scriptLanguage } = await import("./javascript");
  view.dispatch({ effects: grammar.reconfigure(scriptLanguage(language)) });
}

/** Puts an editor into `parent`. Tab moves the focus on, as everywhere else on the page. */
export function mountEditor(parent: HTMLElement, options: EditorOptions): MountedEditor {
  const keys = [
    binding("Mod-Enter", options.onSave),
    binding("Mod-Shift-Enter", options.onCheck),
    binding("Escape", options.onLeave),
  ];
  const compare =
    options.original === null
      ? []
      : unifiedMergeView({ original: options.original, mergeControls: false, gutter: true, allowInlineDiffs: true });
  const grammar = new Compartment();
  const isPython = options.language === "python";
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        keymap.of(keys),
        lineNumbers({ formatNumber: (line) => String(line + options.startLine - 1) }),
        EditorState.tabSize.of(options.tabSize),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        highlightActiveLine(),
        highlightSpecialChars({ addSpecialChars: HIDDEN }),
        syntaxHighlighting(classHighlighter),
        grammar.of(isPython ? [python(), indentUnit.of("    ")] : []),
        compare,
        keymap.of([...defaultKeymap, ...historyKeymap]),
        EditorView.contentAttributes.of({
          "aria-label": "Code of the atom. Escape leaves the editor and keeps the draft.",
        }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) options.onChange(update.state.doc.toString());
        }),
      ],
    }),
  });
  if (!isPython) void loadScript(view, grammar, options.language);
  return { focus: () => view.focus(), destroy: () => view.destroy() };
}

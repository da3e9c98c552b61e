import { javascript } from "@codemirror/lang-javascript";
import { indentUnit } from "@codemirror/language";
import type { Extension } from "@codemirror/state";

/** TypeScript, TSX and JavaScript; a file of its own, so that a Python atom does not wait for it. */
export function scriptLanguage(language: string): Extension {
  const typescript = language !== "javascript";
  return [javascript({ typescript, jsx: language !== "typescript" }), indentUnit.of("  ")];
}

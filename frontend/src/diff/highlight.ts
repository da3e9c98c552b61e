import type { Parser } from "@lezer/common";
import { classHighlighter, highlightCode } from "@lezer/highlight";
import { parser as python } from "@lezer/python";
import { splitLines } from "./rows";

export interface Token {
  text: string;
  /** Classes of the highlighter, empty for plain text. */
  classes: string;
}

const LONGEST = 65_536;
const MOST_LINES = 400;
let javascript: Parser | null = null;

/** Loads the grammar of a language that is not part of the first download. */
export async function loadGrammar(language: string): Promise<boolean> {
  if (javascript !== null || !isScript(language)) return false;
  javascript = (await import("@lezer/javascript")).parser.configure({ dialect: "ts jsx" });
  return true;
}

const isScript = (language: string): boolean => ["typescript", "tsx", "javascript"].includes(language);

function parserFor(language: string): Parser | null {
  if (language === "python") return python;
  return isScript(language) ? javascript : null;
}

/** Whether colours would cost the reader time: they then come on request. */
export const isHuge = (text: string): boolean => text.length > LONGEST || splitLines(text).length > MOST_LINES;

/** Whether there is a grammar for it at all. */
export const isKnown = (language: string): boolean => language === "python" || isScript(language);

const plain = (text: string): Token[][] => splitLines(text).map((line) => [{ text: line, classes: "" }]);

/** Tokens by line. Plain text for an unknown language, a grammar not yet loaded, or huge code unless it is `forced`. */
export function highlightLines(text: string, language: string, forced = false): Token[][] {
  const parser = parserFor(language);
  if (!parser || (!forced && isHuge(text))) return plain(text);
  // A method or a block stands indented: a header that owns it keeps the grammar from seeing an error.
  const wrapped = language === "python" && /^[ \t]+\S/.test(text.replace(/^\s*\n/, ""));
  const source = wrapped ? `if 1:\n${text}` : text;
  const lines: Token[][] = [[]];
  highlightCode(
    source,
    parser.parse(source),
    classHighlighter,
    (part, classes) => lines.at(-1)?.push({ text: part, classes }),
    () => lines.push([]),
  );
  return lines.slice(wrapped ? 1 : 0);
}

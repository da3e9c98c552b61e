import { useMemo } from "react";
import { highlightLines, type Token } from "./highlight";
import { Line } from "./Line";
import { useGrammar } from "./useGrammar";

interface CodeProps {
  text: string;
  language: string;
  startLine?: number;
  /** First and last line, in file numbers, that the page is about. */
  mark?: { from: number; to: number };
  label: string;
}

/** Code to read: numbered, highlighted, scrolling by itself. */
export function Code({ text, language, startLine = 1, mark, label }: CodeProps) {
  const ready = useGrammar(language);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a grammar that arrives changes the tokens
  const lines = useMemo(() => highlightLines(text, language), [text, language, ready]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className="code-scroll" aria-label={label} tabIndex={0}>
      <table className="code">
        <tbody>
          {lines.map((tokens: Token[], index) => {
            const line = startLine + index;
            const inside = mark !== undefined && line >= mark.from && line <= mark.to;
            return (
              <tr key={line} className={inside ? "inside" : undefined} id={`line-${line}`}>
                <td className="line-no">{line}</td>
                <td className="line">
                  <Line tokens={tokens} marks={[]} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

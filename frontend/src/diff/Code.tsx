import { useEffect, useMemo, useRef } from "react";
import { highlightLines, type Token } from "./highlight";
import { Line } from "./Line";
import { PlainNote, useForced } from "./PlainNote";
import { useGrammar } from "./useGrammar";

const LINES_ABOVE_PX = 120;

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
  const [forced, force] = useForced(text);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a grammar that arrives changes the tokens
  const lines = useMemo(() => highlightLines(text, language, forced), [text, language, ready, forced]);
  const scroller = useRef<HTMLElement>(null);
  const first = mark?.from;
  useEffect(() => {
    // Only the code scrolls to what the page is about; the page itself stays where it is.
    const row = scroller.current?.querySelector<HTMLElement>("tr.inside");
    if (first !== undefined && row && scroller.current) scroller.current.scrollTop = row.offsetTop - LINES_ABOVE_PX;
  }, [first]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section ref={scroller} className="code-scroll" aria-label={label} tabIndex={0}>
      <PlainNote text={text} language={language} forced={forced} onForce={force} />
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

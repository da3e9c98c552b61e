import { Fragment, useMemo, useState } from "react";
import { FindingNote } from "./FindingNote";
import { foldRows } from "./fold";
import { highlightLines, type Token } from "./highlight";
import { type DiffInput, diffModel } from "./model";
import { PlainNote, useForced } from "./PlainNote";
import type { DiffRow } from "./rows";
import { SplitBody } from "./SplitBody";
import { UnifiedRow } from "./UnifiedRow";
import { useGrammar } from "./useGrammar";

interface DiffTableProps extends DiffInput {
  language: string;
  mode: "unified" | "split";
  label: string;
}

/** Rows that are drawn at once; the rest of a longer text comes on request. */
const MOST_ROWS = 1500;

export type TokensOf = (row: DiffRow, side: "old" | "new") => Token[];

/** A change to read: a plain table, fast enough to follow a held key. */
export function DiffTable({ language, mode, label, ...input }: DiffTableProps) {
  const { original, proposal, contextBefore, contextAfter, startLine, findings } = input;
  const ready = useGrammar(language);
  const model = useMemo(
    () => diffModel({ original, proposal, contextBefore, contextAfter, startLine, findings }),
    [original, proposal, contextBefore, contextAfter, startLine, findings],
  );
  const [forced, force] = useForced(model.newText);
  const [whole, setWhole] = useState<string | null>(null);
  const rest = whole === model.newText ? 0 : Math.max(0, model.rows.length - MOST_ROWS);
  const shown = useMemo(() => (rest > 0 ? { ...model, rows: model.rows.slice(0, MOST_ROWS) } : model), [model, rest]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a grammar that arrives changes the tokens
  const tokens = useMemo(() => {
    const lines = (text: string) => highlightLines(text, language, forced);
    return { old: lines(model.oldText), new: lines(model.newText) };
  }, [model, language, ready, forced]);
  const tokensOf: TokensOf = (row, side) => {
    const line = side === "old" ? row.oldLine : row.newLine;
    return (line === null ? undefined : tokens[side][line - 1]) ?? [{ text: row.text, classes: "" }];
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className="code-scroll" aria-label={label} tabIndex={0}>
      <PlainNote text={model.newText} language={language} forced={forced} onForce={force} />
      {model.elsewhere.map((finding) => (
        <FindingNote key={`${finding.tool}${finding.line}${finding.message}`} finding={finding} withPlace />
      ))}
      <table className={`code diff ${mode}`}>
        {mode === "split" ? (
          <SplitBody model={shown} tokensOf={tokensOf} />
        ) : (
          <UnifiedBody model={shown} tokensOf={tokensOf} />
        )}
      </table>
      {rest > 0 && (
        <p className="plain-note">
          {rest.toLocaleString("en")} more lines.{" "}
          <button type="button" className="link-button" onClick={() => setWhole(model.newText)}>
            Show them
          </button>
        </p>
      )}
    </section>
  );
}

function UnifiedBody({ model, tokensOf }: { model: ReturnType<typeof diffModel>; tokensOf: TokensOf }) {
  const [opened, setOpened] = useState<{ rows: DiffRow[]; starts: number[] }>({ rows: model.rows, starts: [] });
  const starts = opened.rows === model.rows ? opened.starts : [];
  const stretches = foldRows(model.rows, (row) => row.newLine !== null && model.byLine.has(row.newLine + model.offset));
  return (
    <tbody>
      {stretches.map(({ start, end, folded }) =>
        folded && !starts.includes(start) ? (
          <tr key={`fold-${start}`} className="fold">
            <td colSpan={4}>
              <button type="button" onClick={() => setOpened({ rows: model.rows, starts: [...starts, start] })}>
                {end - start} unchanged lines
              </button>
            </td>
          </tr>
        ) : (
          model.rows.slice(start, end).map((row, index) => (
            <Fragment key={`${row.kind}-${row.oldLine}-${row.newLine}`}>
              <UnifiedRow
                row={row}
                first={row.change !== null && model.rows[start + index - 1]?.change !== row.change}
                context={model.isContext(row)}
                offset={model.offset}
                tokens={tokensOf(row, row.kind === "removed" ? "old" : "new")}
                findings={row.newLine === null ? undefined : model.byLine.get(row.newLine + model.offset)}
              />
            </Fragment>
          ))
        ),
      )}
    </tbody>
  );
}

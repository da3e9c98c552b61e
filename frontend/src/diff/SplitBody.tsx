import type { TokensOf } from "./DiffTable";
import { FindingNote } from "./FindingNote";
import { Line } from "./Line";
import { wordMarks } from "./marks";
import type { DiffModel } from "./model";
import type { DiffRow } from "./rows";
import { splitRows } from "./split";
import { SIGNS } from "./UnifiedRow";

interface SplitBodyProps {
  model: DiffModel;
  tokensOf: TokensOf;
}

/** Before on the left, after on the right. */
export function SplitBody({ model, tokensOf }: SplitBodyProps) {
  const pairs = splitRows(model.rows);
  const side = (row: DiffRow | null, which: "old" | "new") => {
    if (row === null) return <td className="void" colSpan={3} />;
    const line = which === "old" ? row.oldLine : row.newLine;
    return (
      <>
        <td className={`line-no ${row.kind}`}>{line === null ? "" : line + model.offset}</td>
        <td className={`sign ${row.kind}`}>
          <span aria-hidden="true">{SIGNS[row.kind]}</span>
          {row.kind !== "same" && <span className="sr-only">{row.kind}</span>}
        </td>
        <td className={`line ${row.kind}`}>
          <Line tokens={tokensOf(row, which)} marks={wordMarks(row)} />
        </td>
      </>
    );
  };
  return (
    <tbody>
      {pairs.map(({ left, right }, index) => {
        const change = (left ?? right)?.change ?? null;
        const previous = pairs[index - 1];
        const first = change !== null && (previous?.left ?? previous?.right)?.change !== change;
        const findings = right?.newLine == null ? [] : (model.byLine.get(right.newLine + model.offset) ?? []);
        const context = (right ?? left) && model.isContext((right ?? left) as DiffRow);
        return [
          <tr
            key={`${left?.oldLine}-${right?.newLine}`}
            className={context ? "context" : undefined}
            data-change={first ? change : undefined}
          >
            {side(left, "old")}
            {side(right, "new")}
          </tr>,
          ...findings.map((finding) => (
            <tr key={`${right?.newLine}${finding.tool}${finding.message}`} className="finding-row">
              <td colSpan={6}>
                <FindingNote finding={finding} />
              </td>
            </tr>
          )),
        ];
      })}
    </tbody>
  );
}

import { memo } from "react";
import type { Finding } from "@/model/validation";
import { FindingNote } from "./FindingNote";
import type { Token } from "./highlight";
import { Line } from "./Line";
import { wordMarks } from "./marks";
import type { DiffRow } from "./rows";

interface UnifiedRowProps {
  row: DiffRow;
  /** First row of its change: where `n` and `p` stop. */
  first: boolean;
  context: boolean;
  offset: number;
  tokens: Token[];
  findings: Finding[] | undefined;
}

export const SIGNS = { same: "", added: "+", removed: "−" } as const;

export const UnifiedRow = memo(function UnifiedRow({ row, first, context, offset, tokens, findings }: UnifiedRowProps) {
  return (
    <>
      <tr className={`${row.kind}${context ? " context" : ""}`} data-change={first ? row.change : undefined}>
        <td className="line-no">{row.oldLine === null ? "" : row.oldLine + offset}</td>
        <td className="line-no">{row.newLine === null ? "" : row.newLine + offset}</td>
        <td className="sign">
          <span aria-hidden="true">{SIGNS[row.kind]}</span>
          {row.kind !== "same" && <span className="sr-only">{row.kind}</span>}
        </td>
        <td className="line">
          <Line tokens={tokens} marks={wordMarks(row)} />
        </td>
      </tr>
      {findings?.map((finding) => (
        <tr key={`${finding.tool}${finding.code}${finding.message}`} className="finding-row">
          <td colSpan={4}>
            <FindingNote finding={finding} />
          </td>
        </tr>
      ))}
    </>
  );
});

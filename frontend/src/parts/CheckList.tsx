import { FindingNote } from "@/diff/FindingNote";
import { duration } from "@/lib/format";
import type { Check } from "@/model/validation";
import { Status, Tag } from "@/ui/Status";
import { Visible } from "@/ui/Visible";

const WORTH_TELLING_S = 0.05;

/** Checks with their reason; the evidence (command, exit code, output) is one click away. */
export function CheckList({ checks }: { checks: Check[] }) {
  if (checks.length === 0) return <p className="muted">No checks were recorded.</p>;
  return (
    <ul className="checks">
      {checks.map((check) => (
        <li key={check.name}>
          <div className="check-head">
            <Status value={check.status} />
            <strong>{check.name}</strong>
            {check.forgeable && <Tag tone="warn">forgeable evidence</Tag>}
            {check.seconds !== null && check.seconds >= WORTH_TELLING_S && (
              <span className="muted small">{duration(check.seconds)}</span>
            )}
          </div>
          {check.reason && (
            <p className="check-reason">
              <Visible text={check.reason} />
            </p>
          )}
          {check.findings.map((finding) => (
            <FindingNote
              key={`${finding.path}${finding.line}${finding.code}${finding.message}`}
              finding={finding}
              withPlace
            />
          ))}
          {check.evidence && (
            <details>
              <summary>Evidence{check.evidence.exitCode !== null && ` (exit code ${check.evidence.exitCode})`}</summary>
              <pre className="output">
                {check.evidence.command && (
                  <>
                    <span className="muted">$ </span>
                    <Visible text={check.evidence.command} />
                    {"\n"}
                  </>
                )}
                <Visible text={check.evidence.output} />
              </pre>
            </details>
          )}
        </li>
      ))}
    </ul>
  );
}

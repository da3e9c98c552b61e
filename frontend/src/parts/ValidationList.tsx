import type { Validation } from "@/model/validation";
import { Status } from "@/ui/Status";
import { Visible } from "@/ui/Visible";
import { CheckList } from "./CheckList";
import { Counts, countBy } from "./Counts";

/**
 * Results by level; a level tells how many of its checks ended how. Failures are open, and with `opened` all levels:
 * then the evidence of each check is one click away.
 */
export function ValidationList({ validations, opened = false }: { validations: Validation[]; opened?: boolean }) {
  if (validations.length === 0) return <p className="muted">Nothing was validated here.</p>;
  const ordered = [...validations].sort((a, b) => a.level - b.level);
  return (
    <div className="validations">
      {ordered.map((row) => (
        <details key={row.id} open={opened || row.status === "failed"}>
          <summary>
            <span className="level">Level {row.level}</span> {row.levelName}
            {row.scope && row.scope !== "." && row.scope !== row.atomId && (
              <code className="muted">
                {" "}
                <Visible text={row.scope} />
              </code>
            )}
            <Status value={row.status} />
          </summary>
          <p className="check-counts">
            <span className="muted small">Checks:</span>{" "}
            <Counts of={countBy(row.checks.map((check) => check.status))} none="none" />
          </p>
          <CheckList checks={row.checks} />
        </details>
      ))}
    </div>
  );
}

import type { Validation } from "@/model/validation";
import { Status } from "@/ui/Status";
import { Visible } from "@/ui/Visible";
import { CheckList } from "./CheckList";

/** Results by level, failures opened. */
export function ValidationList({ validations }: { validations: Validation[] }) {
  if (validations.length === 0) return <p className="muted">Nothing was validated yet.</p>;
  const ordered = [...validations].sort((a, b) => a.level - b.level);
  return (
    <div className="validations">
      {ordered.map((row) => (
        <details key={row.id} open={row.status === "failed"}>
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
          <CheckList checks={row.checks} />
        </details>
      ))}
    </div>
  );
}

import { Link } from "@tanstack/react-router";
import { plural, words } from "@/lib/format";
import type { Failure, RunDetail } from "@/model/run";
import { Ago } from "@/ui/Ago";
import { Card } from "@/ui/Page";
import { Visible } from "@/ui/Visible";

function byCategory(failures: Failure[]): [string, Failure[]][] {
  const groups = new Map<string, Failure[]>();
  for (const failure of failures) groups.set(failure.category, [...(groups.get(failure.category) ?? []), failure]);
  return [...groups]; // as the server sends them, the newest first: the group of the newest failure leads
}

export function Failures({ run }: { run: RunDetail }) {
  const groups = byCategory(run.failures);
  return (
    <Card title="Failures" aside={<span className="muted small">{plural(run.failures.length, "atom")}</span>}>
      {groups.length === 0 && <p className="muted">No atom has failed.</p>}
      {groups.map(([category, failures]) => (
        <div key={category} className="failure-group">
          <h3>
            <Visible text={words(category)} /> <span className="muted">{failures.length}</span>
          </h3>
          <ul>
            {failures.map((failure) => (
              <li key={failure.atomId}>
                <Link to="/atoms/$atomId" params={{ atomId: failure.atomId }} search={{ run: run.id }}>
                  <Visible text={failure.symbol || failure.path} />
                </Link>
                <span className="muted small">
                  {" "}
                  <Visible text={failure.path} /> · <Ago at={failure.at} />
                </span>
                <p className="failure-message">
                  <Visible text={failure.message} />
                </p>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </Card>
  );
}

import { FindingNote } from "@/diff/FindingNote";
import { duration, sentence } from "@/lib/format";
import type { Check } from "@/model/validation";
import { Icon } from "@/ui/Icon";
import { Output } from "@/ui/Output";
import { Status, Tag } from "@/ui/Status";
import { Visible } from "@/ui/Visible";
import { BY_WEIGHT } from "./Counts";

const WORTH_TELLING_S = 0.05;

/** Checks by line, the worst first: state, name, reason. Each opens to its findings and to how it was obtained; failures are open. */
export function CheckList({ checks }: { checks: Check[] }) {
  if (checks.length === 0) return <p className="muted">No checks were recorded.</p>;
  const rank = (check: Check) => (BY_WEIGHT as readonly string[]).indexOf(check.status);
  return (
    <ul className="checks">
      {checks
        .toSorted((a, b) => rank(a) - rank(b))
        .map((check) => (
          <li key={check.name}>
            <details open={check.status === "failed"}>
              <summary className="check-head">
                <Icon name="chevron" size={12} />
                <Status value={check.status} />
                <strong>
                  <Visible text={sentence(check.name)} />
                </strong>
                {check.generated && <Tag tone="info">generated tests</Tag>}
                {check.forgeable && <Tag tone="warn">forgeable evidence</Tag>}
                {check.seconds !== null && check.seconds >= WORTH_TELLING_S && (
                  <span className="muted small">{duration(check.seconds)}</span>
                )}
                {check.reason && (
                  <span className="check-reason">
                    <Visible text={check.reason} />
                  </span>
                )}
              </summary>
              <CheckBody check={check} />
            </details>
          </li>
        ))}
    </ul>
  );
}

function CheckBody({ check }: { check: Check }) {
  return (
    <div className="check-body">
      {check.findings.map((finding) => (
        <FindingNote
          key={`${finding.path}${finding.line}${finding.code}${finding.message}`}
          finding={finding}
          withPlace
        />
      ))}
      {check.evidence ? (
        <dl className="evidence">
          {check.evidence.command && (
            <div>
              <dt>Command</dt>
              <dd>
                <code>
                  <Visible text={check.evidence.command} />
                </code>
              </dd>
            </div>
          )}
          <div>
            <dt>Exit code</dt>
            <dd>{check.evidence.exitCode ?? "none"}</dd>
          </div>
          <div>
            <dt>First lines</dt>
            <dd>
              {check.evidence.output ? (
                <Output>
                  <Visible text={check.evidence.output} />
                </Output>
              ) : (
                "no output"
              )}
            </dd>
          </div>
        </dl>
      ) : (
        <p className="muted small">
          {check.status === "passed" || check.status === "failed"
            ? "The engine looked itself: no command ran."
            : "Nothing ran for this check, so there is no evidence."}
        </p>
      )}
    </div>
  );
}

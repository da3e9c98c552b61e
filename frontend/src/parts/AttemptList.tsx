import { money } from "@/lib/format";
import type { Attempt } from "@/model/atom";
import { Ago } from "@/ui/Ago";
import { Output } from "@/ui/Output";
import { Status } from "@/ui/Status";
import { Visible } from "@/ui/Visible";
import { AttemptPrompt } from "./AttemptPrompt";

function facts(attempt: Attempt): string {
  if (attempt.number === 0) return "the draft as it came";
  const parts = [attempt.model ?? "no model"];
  if (attempt.temperature !== null) parts.push(`temperature ${attempt.temperature}`);
  if (attempt.effort !== null) parts.push(`effort ${attempt.effort}`);
  if (attempt.tokensIn !== null) parts.push(`${attempt.tokensIn} tokens in, ${attempt.tokensOut ?? 0} out`);
  parts.push(attempt.cost === null ? "cost unknown" : money(attempt.cost));
  return parts.join(" · ");
}

interface AttemptListProps {
  attempts: Attempt[];
  atomId: string;
  runId: string | undefined;
}

/** What was tried, oldest first: who wrote it, what it was told, what it cost, why it failed. */
export function AttemptList({ attempts, atomId, runId }: AttemptListProps) {
  if (attempts.length === 0) return <p className="muted">Nothing was tried yet.</p>;
  return (
    <ol className="attempts">
      {attempts.map((attempt) => (
        <li key={attempt.number}>
          <div className="check-head">
            <strong>Attempt {attempt.number}</strong>
            <Status value={attempt.success ? "passed" : "failed"} />
            <span className="muted small">
              <Visible text={facts(attempt)} /> · <Ago at={attempt.createdAt} />
            </span>
          </div>
          {attempt.error && (
            <Output>
              <Visible text={attempt.error} />
            </Output>
          )}
          {attempt.feedback && (
            <details>
              <summary>Feedback that was sent</summary>
              <Output>
                <Visible text={attempt.feedback} />
              </Output>
            </details>
          )}
          {attempt.model !== null && runId !== undefined && (
            <AttemptPrompt atomId={atomId} runId={runId} attempt={attempt.number} />
          )}
        </li>
      ))}
    </ol>
  );
}

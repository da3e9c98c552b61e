import { Link } from "@tanstack/react-router";
import { money, plural } from "@/lib/format";
import { type AtWork, isFinal, type RunDetail } from "@/model/run";
import { Ago } from "@/ui/Ago";
import { Card } from "@/ui/Page";
import { Visible } from "@/ui/Visible";

const MARKS = [50, 75, 90];

/** How much room there is, what it costs so far, and who is at work: only while there is work. */
export function RunNow({ run }: { run: RunDetail }) {
  if (isFinal(run) && run.budget === null) return null;
  return (
    <Card title={isFinal(run) ? "Cost" : "Now"} aside={<span className="muted small">{retries(run)}</span>}>
      <div className="run-now">
        {!isFinal(run) && (
          <Line
            label="At work"
            words={`${run.inFlight} of ${run.inFlightLimit} calls at once`}
            share={run.inFlight / Math.max(1, run.inFlightLimit)}
            marks={[]}
          />
        )}
        {run.budget !== null && <Line label="Cost" words={costWords(run)} share={costShare(run)} marks={MARKS} />}
        {run.atWork.length > 0 && <AtWorkList run={run} />}
      </div>
    </Card>
  );
}

const retries = (run: RunDetail): string =>
  run.retries === 0 ? "no retries" : plural(run.retries, "retry", "retries");

const costShare = (run: RunDetail): number => (run.cost === null || !run.budget ? 0 : run.cost / run.budget);

function costWords(run: RunDetail): string {
  const spent = run.cost === null ? "unknown" : money(run.cost);
  const passed = MARKS.findLast((mark) => costShare(run) * 100 >= mark);
  const parts = [`${spent} of ${money(run.budget)}`];
  if (passed !== undefined) parts.push(`past ${passed} %`);
  if (run.reserved > 0) parts.push(`up to ${money(run.reserved)} held for calls in flight`);
  if (run.unpricedCalls > 0) parts.push(`${plural(run.unpricedCalls, "call")} without a price, not counted`);
  return parts.join(" · ");
}

interface LineProps {
  label: string;
  words: string;
  share: number;
  marks: readonly number[];
}

/** A line with its words; marks are also said in the words once they are passed. */
function Line({ label, words, share, marks }: LineProps) {
  const percent = Math.round(Math.min(1, Math.max(0, share)) * 100);
  const tone = marks.length > 0 && percent >= 90 ? "bad" : marks.length > 0 && percent >= 75 ? "warn" : "info";
  return (
    <div className="now-line">
      <span className="now-label">{label}</span>
      <div
        className="meter marked"
        role="progressbar"
        aria-label={label}
        aria-valuenow={percent}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuetext={words}
      >
        <span className={`fill ${tone}`} style={{ width: `${percent}%` }} />
        {marks.map((mark) => (
          <span key={mark} className="mark" style={{ left: `${mark}%` }} title={`${mark} %`} />
        ))}
      </div>
      <span className="now-words">{words}</span>
    </div>
  );
}

const doing = ({ stage, attempts }: AtWork): string =>
  stage === "draft" ? "judging the draft" : `${stage === "validate" ? "judging " : ""}attempt ${attempts + 1}`;

function AtWorkList({ run }: { run: RunDetail }) {
  const more = run.inFlight - run.atWork.filter((atom) => atom.stage === "generate").length;
  return (
    <ul className="at-work" aria-label="Atoms at work">
      {run.atWork.map((atom) => (
        <li key={atom.atomId}>
          <Link to="/atoms/$atomId" params={{ atomId: atom.atomId }} search={{ run: run.id }}>
            <Visible text={atom.symbol || atom.path} />
          </Link>{" "}
          <span className="muted small">
            {doing(atom)}, since <Ago at={atom.since} />
          </span>
        </li>
      ))}
      {more > 0 && <li className="muted small">and {more} more</li>}
    </ul>
  );
}

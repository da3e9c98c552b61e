import { money } from "@/lib/format";
import { Visible } from "@/ui/Visible";
import { useEstimate } from "./api/getEstimate";
import type { RunSettings } from "./api/startRun";

const span = ({ low, high }: { low: number; high: number }): string =>
  low === high ? low.toLocaleString("en") : `${low.toLocaleString("en")} to ${high.toLocaleString("en")}`;

/** What the run may cost, before the click. An unknown price is said to be unknown. */
export function EstimateNote({ planId, settings }: { planId: string; settings: RunSettings }) {
  const { data } = useEstimate(planId, settings);
  if (!data) return null; // a wrong setting is told by the start itself
  if (data.model === null) return <p className="estimate muted small">{data.assumptions[0]}</p>;
  const price = data.usd ? `${money(data.usd.low)} to ${money(data.usd.high)}` : data.unpricedReason;
  return (
    <section className="estimate small" aria-label="Estimate">
      <p>
        Estimate: <strong>{price}</strong>{" "}
        <span className="muted">
          for {span(data.calls)} calls of <Visible text={data.model} />
        </span>
      </p>
      {data.budgetMayStopIt && <p className="field-warn">The budget may stop it; more can be added then.</p>}
      <details>
        <summary>What this rests on</summary>
        <ul>
          <li>{span(data.tokensIn)} tokens in</li>
          <li>{span(data.tokensOut)} tokens out</li>
          {data.assumptions.map((words) => (
            <li key={words}>
              <Visible text={words} />
            </li>
          ))}
        </ul>
      </details>
    </section>
  );
}

import type { Rollout } from "@/model/rollout";
import { Ago } from "@/ui/Ago";
import { Tag } from "@/ui/Status";
import { Visible } from "@/ui/Visible";
import { guardInterval, guardLabel, guardNumber, sampleWords, verdictTone, verdictWord } from "./guards";

/** What each guard has seen in this stage, with its interval: that, not the number alone, is what decides. */
export function Guards({ state }: { state: Rollout }) {
  return (
    <div className="guards">
      <p className="muted">
        {state.runsInStage} V2 runs were started in this stage; {state.liveRuns} under way.{" "}
        {state.watcher ? (
          <>
            The watcher looked <Ago at={state.watcher.at} />: {state.watcher.verdict.replace("_", " ")}
            {state.watcher.detail && (
              <>
                {" "}
                (<Visible text={state.watcher.detail} />)
              </>
            )}
            .
          </>
        ) : (
          "The watcher has not looked yet."
        )}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling table must be reachable by keyboard */}
      <section className="table-scroll" aria-label="Guards of this stage" tabIndex={0}>
        <table className="list dense stacks">
          <thead>
            <tr>
              <th scope="col">Guard</th>
              <th scope="col">Now</th>
              <th scope="col" className="number">
                Value
              </th>
              <th scope="col">95 % interval</th>
              <th scope="col" className="number">
                Sample
              </th>
              <th scope="col" className="number">
                Goal
              </th>
              <th scope="col" className="number">
                Rollback at
              </th>
            </tr>
          </thead>
          <tbody>
            {state.guards.map((guard) => (
              <tr key={guard.name}>
                <th scope="row">{guardLabel(guard)}</th>
                <td data-label="Now">
                  <Tag tone={verdictTone(guard.verdict)}>{verdictWord(guard.verdict)}</Tag>{" "}
                  {guard.fires && <Tag tone="bad">triggers rollback</Tag>}
                </td>
                <td className="number" data-label="Value">
                  {guardNumber(guard, guard.value)}
                </td>
                <td data-label="95 % interval">{guardInterval(guard)}</td>
                <td className="number" data-label="Sample">
                  {sampleWords(guard)}
                </td>
                <td className="number" data-label="Goal">
                  {guardNumber(guard, guard.goal)}
                </td>
                <td className="number" data-label="Rollback at">
                  {guardNumber(guard, guard.limit)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}

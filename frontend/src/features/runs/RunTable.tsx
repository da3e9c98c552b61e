import { Link } from "@tanstack/react-router";
import { duration, modeLabel, money, percent } from "@/lib/format";
import { useRowKeys } from "@/lib/keys/useRowKeys";
import type { Run } from "@/model/run";
import { Ago } from "@/ui/Ago";
import { Meter } from "@/ui/Bars";
import { Status, Tag, toneOf } from "@/ui/Status";
import { Visible } from "@/ui/Visible";

const HEADS = ["Plan", "State", "Mode", "Progress", "Wave", "Precision", "Cost", "Time", "In review", "Started"];

export function RunTable({ runs }: { runs: Run[] }) {
  useRowKeys();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className="table-scroll" tabIndex={0} aria-label="Runs">
      <table className="list stacks">
        <thead>
          <tr>
            {HEADS.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <tr key={run.id}>
              <th scope="row">
                <Link to="/runs/$runId" params={{ runId: run.id }} className="row-link">
                  <Visible text={run.planName} />
                </Link>
                <code className="muted small">{run.id.slice(0, 8)}</code>
              </th>
              <td data-label="State">
                <Status value={run.status} />
              </td>
              <td data-label="Mode">
                <Tag>{modeLabel(run.mode)}</Tag>
              </td>
              <td className="progress-cell" data-label="Progress">
                <Meter value={run.progress} label={`Progress of ${run.planName}`} tone={toneOf(run.status)} />
                <span className="small">{percent(run.progress)}</span>
              </td>
              <td className="nowrap" data-label="Wave">
                {run.waveNow ?? run.wavesTotal} <span className="muted">of {run.wavesTotal}</span>
              </td>
              <td data-label="Precision">
                {run.precision === null ? <span className="muted">not measured</span> : percent(run.precision, 1)}
              </td>
              <td data-label="Cost">{run.cost === null ? <span className="muted">unknown</span> : money(run.cost)}</td>
              <td className="nowrap" data-label="Time">
                {duration(run.seconds)}
              </td>
              <td data-label="In review">
                {run.reviewPending} <span className="muted">of {run.reviewTotal}</span>
              </td>
              <td className="muted nowrap" data-label="Started">
                <Ago at={run.startedAt ?? run.createdAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

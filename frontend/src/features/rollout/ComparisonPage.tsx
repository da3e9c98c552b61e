import { Link } from "@tanstack/react-router";
import { DASH, duration, money, percent } from "@/lib/format";
import type { Comparison, Side } from "@/model/comparison";
import { Icon } from "@/ui/Icon";
import { Card, Page } from "@/ui/Page";
import { Status } from "@/ui/Status";
import { ErrorState, Skeleton } from "@/ui/states";
import { Visible } from "@/ui/Visible";
import { useComparison } from "./api/getComparison";

/** A shadow pair: what the MVP shipped beside what V2 would have. */
export function ComparisonPage({ runId }: { runId: string }) {
  const query = useComparison(runId);
  const lead = (
    <Link to="/runs/$runId" params={{ runId }} className="back">
      <Icon name="back" /> Run
    </Link>
  );
  if (!query.data) {
    return (
      <Page title="MVP beside V2" lead={lead}>
        {query.isError ? (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <Skeleton rows={8} />
        )}
      </Page>
    );
  }
  const pair = query.data;
  return (
    <Page title={`${pair.planName}: MVP beside V2`} lead={lead}>
      <p>{verdict(pair)}</p>
      <Figures pair={pair} />
      <div className="columns">
        <Findings title="The MVP found" side={pair.mvp} />
        <Findings title="V2 found" side={pair.v2} />
      </div>
    </Page>
  );
}

const more = (value: number | null, format: (value: number) => string, better: string, worse: string): string =>
  value === null
    ? "not measured"
    : value === 0
      ? "the same"
      : `${format(Math.abs(value))} ${value > 0 ? better : worse}`;

function verdict(pair: Comparison): string {
  const precision = more(pair.precisionGain, (v) => `${(v * 100).toFixed(1)} points`, "better", "worse");
  const cost = more(pair.costSaved, money, "cheaper", "dearer");
  const time = more(pair.secondsSaved, duration, "faster", "slower");
  return `V2 beside the MVP that shipped: precision ${precision}, cost ${cost}, time ${time}.`;
}

const ROWS: [string, (side: Side) => React.ReactNode][] = [
  ["State", (side) => <Status value={side.status} label={side.fellBack ? `${side.status}, fell back` : side.status} />],
  ["Precision", (side) => percent(side.precision, 1)],
  ["Tests passed", (side) => (side.testsTotal === null ? DASH : `${side.testsPassed} of ${side.testsTotal}`)],
  ["Cost", (side) => money(side.cost)],
  ["Model calls", (side) => side.calls],
  ["Time", (side) => duration(side.seconds)],
  ["Units of work", (side) => side.units],
  ["Failed units", (side) => side.byStatus.failed ?? 0],
];

function Figures({ pair }: { pair: Comparison }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling table must be reachable by keyboard
    <section className="table-scroll" aria-label="Figures of both runs" tabIndex={0}>
      <table className="list side-by-side">
        <thead>
          <tr>
            <th scope="col">Figure</th>
            <th scope="col">
              <Link to="/runs/$runId" params={{ runId: pair.parentId }}>
                MVP, shipped
              </Link>
            </th>
            <th scope="col">
              <Link to="/runs/$runId" params={{ runId: pair.childId }}>
                V2, in its shadow
              </Link>
            </th>
          </tr>
        </thead>
        <tbody>
          {ROWS.map(([label, show]) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td>{show(pair.mvp)}</td>
              <td>{show(pair.v2)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Findings({ title, side }: { title: string; side: Side }) {
  return (
    <Card title={title}>
      {side.error && (
        <p className="note bad">
          <Icon name="warn" /> <Visible text={side.error} />
        </p>
      )}
      {side.findings.length === 0 && <p className="muted">Nothing wrong.</p>}
      <ul className="findings">
        {side.findings.map((finding) => (
          <li key={`${finding.path} ${finding.symbol}`}>
            <code>
              <Visible text={finding.path} />
            </code>{" "}
            <Visible text={finding.symbol} /> <Status value={finding.status} />
            <p className="muted">
              <Visible text={finding.message} />
            </p>
          </li>
        ))}
      </ul>
    </Card>
  );
}

import { duration, modeLabel, money, percent, plural, words } from "@/lib/format";
import type { MetricRun, Metrics } from "@/model/metrics";
import type { Cell } from "./csv";
import { Figure } from "./Figure";
import { ModeLegend, Points } from "./Points";
import { ShareBars } from "./ShareBars";

const ENOUGH_RUNS = 2;

interface OverTime {
  title: string;
  note: string;
  column: string;
  goal: number;
  top?: number;
  value: (run: MetricRun) => number | null;
  show: (value: number) => string;
}

const OVER_TIME: OverTime[] = [
  {
    title: "Precision",
    note: "Tests passed of tests run, one mark a run, frozen before any decision of a person.",
    column: "precision",
    goal: 0.98,
    top: 1,
    value: (run) => run.precision,
    show: (value) => percent(value),
  },
  {
    title: "Run time",
    note: "From start to end of a run, pauses included.",
    column: "seconds",
    goal: 5400,
    value: (run) => run.seconds,
    show: duration,
  },
  {
    title: "Cost of a run",
    note: "Booked cost. Runs with calls at unknown prices are left out, not counted as free.",
    column: "usd",
    goal: 200,
    value: (run) => run.costUsd,
    show: money,
  },
];

export function RunCharts({ runs }: { runs: MetricRun[] }) {
  return (
    <>
      {OVER_TIME.map(({ title, note, column, value, ...rest }) => {
        const measured = runs.filter((run) => value(run) !== null);
        return (
          <Figure
            key={title}
            title={title}
            note={note}
            head={["ended", "plan", "mode", column, "run"]}
            rows={measured.map((run): Cell[] => [run.finishedAt, run.name, run.mode, value(run), run.runId])}
            enough={ENOUGH_RUNS}
            n={measured.length}
          >
            <Points label={`${title} of ${measured.length} runs over time`} runs={measured} value={value} {...rest} />
            <ModeLegend />
          </Figure>
        );
      })}
    </>
  );
}

export function ModesTable({ modes }: { modes: Metrics["modes"] }) {
  return (
    <Figure
      title="MVP against V2"
      note="Means over the runs of each engine. The error rate counts runs that failed or fell back."
      head={["mode", "runs", "tests", "precision", "mean seconds", "mean usd", "error rate"]}
      rows={modes.map((row) => [
        row.mode,
        row.runs,
        row.tests,
        row.precision,
        row.secondsMean,
        row.costUsdMean,
        row.errorRate,
      ])}
      enough={1}
      n={modes.reduce((sum, row) => sum + row.runs, 0)}
    >
      <div className="mode-cards">
        {modes.map((row) => (
          <dl key={row.mode} className="mode-card">
            <dt className="mode-name">{modeLabel(row.mode)}</dt>
            <dd className="muted">{plural(row.runs, "run")}</dd>
            <Pair name="Precision" value={percent(row.precision, 1)} />
            <Pair name="Time" value={duration(row.secondsMean)} />
            <Pair name="Cost" value={money(row.costUsdMean)} />
            <Pair name="Errors" value={percent(row.errorRate, 1)} />
          </dl>
        ))}
      </div>
    </Figure>
  );
}

function Pair({ name, value }: { name: string; value: string }) {
  return (
    <div className="pair">
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

export function CostChart({ cost }: { cost: Metrics["cost"] }) {
  const unpriced = cost.reduce((sum, row) => sum + row.unpriced, 0);
  return (
    <Figure
      title="Cost by model and purpose"
      note={unpriced > 0 ? `${unpriced} calls at unknown prices are not in these sums.` : "Booked cost of all calls."}
      head={["model", "purpose", "calls", "at unknown price", "usd"]}
      rows={cost.map((row) => [row.model, row.purpose, row.calls, row.unpriced, row.usd])}
      enough={1}
      n={cost.reduce((sum, row) => sum + row.calls, 0)}
    >
      <ShareBars
        rows={cost.map((row) => ({
          name: `${row.model}, ${words(row.purpose)}`,
          value: row.usd,
          text: `${money(row.usd)}, ${row.calls.toLocaleString("en")} calls`,
        }))}
      />
    </Figure>
  );
}

export function RejectionChart({ rejections }: { rejections: Metrics["rejections"] }) {
  const n = rejections.reduce((sum, row) => sum + row.n, 0);
  return (
    <Figure
      title="Why people send back"
      note="Reasons of rejections and of asking the model again."
      head={["reason", "decisions"]}
      rows={rejections.map((row) => [row.reason, row.n])}
      enough={1}
      n={n}
    >
      <ShareBars
        rows={rejections.map((row) => ({ name: words(row.reason), value: row.n, text: row.n.toLocaleString("en") }))}
      />
    </Figure>
  );
}

import { moment, words } from "@/lib/format";
import type { MetricRun } from "@/model/metrics";

const WIDTH = 560;
const HEIGHT = 190;
const PAD = { left: 56, right: 12, top: 10, bottom: 24 };

interface PointsProps {
  label: string;
  runs: MetricRun[];
  value: (run: MetricRun) => number | null;
  show: (value: number) => string;
  /** The line that a run should stay on the good side of. */
  goal: number;
  /** The top of the scale where it has one, such as 1 for a share. */
  top?: number;
}

/** One mark a run over time: a shape for each mode, so that nothing hangs on colour. */
export function Points({ label, runs, value, show, goal, top }: PointsProps) {
  const points = runs.flatMap((run) => {
    const y = value(run);
    return y === null || run.finishedAt === null ? [] : [{ run, y, x: Date.parse(run.finishedAt) }];
  });
  const times = points.map(({ x }) => x);
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const highest = top ?? Math.max(goal * 1.1, ...points.map(({ y }) => y)) ?? 1;
  const lowest = top === 1 ? Math.min(0.9 * goal, ...points.map(({ y }) => y)) : 0;
  const px = (x: number) =>
    PAD.left + (last === first ? 0.5 : (x - first) / (last - first)) * (WIDTH - PAD.left - PAD.right);
  const py = (y: number) =>
    HEIGHT - PAD.bottom - ((y - lowest) / (highest - lowest || 1)) * (HEIGHT - PAD.top - PAD.bottom);
  return (
    <svg className="points" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      {[lowest, (lowest + highest) / 2, highest].map((y) => (
        <g key={y}>
          <line className="grid" x1={PAD.left} x2={WIDTH - PAD.right} y1={py(y)} y2={py(y)} />
          <text x={PAD.left - 6} y={py(y) + 4} textAnchor="end">
            {show(y)}
          </text>
        </g>
      ))}
      <line className="goal" x1={PAD.left} x2={WIDTH - PAD.right} y1={py(goal)} y2={py(goal)} />
      <text className="goal-word" x={WIDTH - PAD.right} y={py(goal) - 5} textAnchor="end">
        target {show(goal)}
      </text>
      {points.map(({ run, x, y }) => (
        <Mark key={run.runId} mode={run.mode} x={px(x)} y={py(y)}>
          {`${run.name}, ${words(run.mode)}, ${moment(run.finishedAt)}: ${show(y)}`}
        </Mark>
      ))}
    </svg>
  );
}

function Mark({ mode, x, y, children }: { mode: string; x: number; y: number; children: string }) {
  const title = <title>{children}</title>;
  if (mode === "mvp") {
    return (
      <rect className={`mark ${mode}`} x={x - 4} y={y - 4} width={8} height={8}>
        {title}
      </rect>
    );
  }
  if (mode === "hybrid") {
    return (
      <path className={`mark ${mode}`} d={`M${x} ${y - 5}l5 9h-10Z`}>
        {title}
      </path>
    );
  }
  return (
    <circle className={`mark ${mode}`} cx={x} cy={y} r={4.5}>
      {title}
    </circle>
  );
}

export function ModeLegend() {
  return (
    <ul className="legend mode-legend">
      <li>● V2</li>
      <li>▲ hybrid</li>
      <li>■ MVP</li>
    </ul>
  );
}

import { urls } from "@/api/urls";
import { percent, plural, score } from "@/lib/format";
import type { Calibration } from "@/model/metrics";
import { ErrorState, Skeleton } from "@/ui/states";
import { useCalibration } from "./api/getMetrics";
import { Figure } from "./Figure";
import type { Period } from "./period";

const ENOUGH = 20;

const range = (low: number, high: number) => `${score(low)} to ${score(high)}`;

/** Whether a high confidence deserves it: of each band, how many atoms turned out right. */
export function Reliability({ period }: { period: Period }) {
  const found = useCalibration(period);
  if (found.isPending) return <Skeleton rows={4} label="Loading calibration" />;
  if (found.isError) return <ErrorState error={found.error} onRetry={() => void found.refetch()} />;
  return <ReliabilityFigure calibration={found.data} />;
}

function ReliabilityFigure({ calibration }: { calibration: Calibration }) {
  const { bands, n, runs, auroc, aurocInterval, nRight, nWrong, caught, nCaught, defects } = calibration;
  const between = aurocInterval ? ` (95 % interval ${range(...aurocInterval)})` : "";
  return (
    <Figure
      title="Calibration"
      note="Of the atoms in a band of confidence, the share that people approved unchanged and no later test broke."
      head={["from", "to", "atoms", "mean confidence", "right", "right, least", "right, most"]}
      rows={bands.map((band) => [
        band.low,
        band.high,
        band.n,
        band.confidence,
        band.right,
        band.interval?.[0] ?? null,
        band.interval?.[1] ?? null,
      ])}
      enough={ENOUGH}
      n={n}
    >
      <ul className="share-bars">
        {bands.map((band) => (
          <li key={band.low}>
            <span className="share-name">{range(band.low, band.high)}</span>
            <span className="share-bar" aria-hidden="true">
              <span className="fill good" style={{ width: `${(band.right ?? 0) * 100}%` }} />
              {band.confidence !== null && <span className="promised" style={{ left: `${band.confidence * 100}%` }} />}
            </span>
            <span className="share-text">
              {percent(band.right)} of {band.n}
            </span>
          </li>
        ))}
      </ul>
      <p className="muted small">Bar: the share that was right. Mark: what the confidence promised.</p>
      <p className="muted">
        AUROC {score(auroc)}
        {between}, of {nRight.toLocaleString("en")} right and {nWrong.toLocaleString("en")} wrong atoms of{" "}
        {plural(runs, "run")}.{" "}
        {caught === null
          ? `${plural(defects, "defect")} known: too few for a share of those inside the queue.`
          : `${percent(caught)} of the known defects lay inside the queue, ${nCaught} of ${defects}.`}
      </p>
      <p className="links small">
        <a href={urls.decisionLines()} download>
          Decisions and what came of them (JSON lines)
        </a>
      </p>
    </Figure>
  );
}

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
  const { bands, n, auroc, aurocInterval, caught, defects } = calibration;
  const between = aurocInterval ? ` (${score(aurocInterval[0])} to ${score(aurocInterval[1])})` : "";
  return (
    <Figure
      title="Calibration"
      note="Of the atoms in a band of confidence, the share that people approved unchanged and no later test broke."
      head={["from", "to", "atoms", "mean confidence", "right"]}
      rows={bands.map((band) => [band.low, band.high, band.n, band.confidence, band.right])}
      enough={ENOUGH}
      n={n}
    >
      <ul className="share-bars">
        {bands.map((band) => (
          <li key={band.low}>
            <span className="share-name">{range(band.low, band.high)}</span>
            <span className="share-bar" aria-hidden="true">
              <span className="fill good" style={{ width: `${(band.right ?? 0) * 100}%` }} />
            </span>
            <span className="share-text">
              {percent(band.right)} of {band.n}
            </span>
          </li>
        ))}
      </ul>
      <p className="muted">
        AUROC {score(auroc)}
        {between} over {plural(n, "atom")};{" "}
        {defects > 0
          ? `${percent(caught)} of ${plural(defects, "defect")} lay inside the queue.`
          : "no defect has come to light."}
      </p>
    </Figure>
  );
}

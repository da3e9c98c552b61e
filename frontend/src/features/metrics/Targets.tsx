import { sentence } from "@/lib/format";
import type { SuccessMetric } from "@/model/metrics";
import { Icon } from "@/ui/Icon";
import { Card } from "@/ui/Page";
import { show, target } from "./units";

const FAMILIES = ["technical", "levels", "review", "business", "quality"];

function Verdict({ metric }: { metric: SuccessMetric }) {
  if (metric.met === null) return <span className="verdict none">not measured</span>;
  return (
    <span className={`verdict ${metric.met ? "good" : "bad"}`}>
      <Icon name={metric.met ? "check" : "warn"} size={14} />
      {metric.met ? "met" : "missed"}
    </span>
  );
}

/** Every target of the plan beside what was measured, on how much, and how. */
export function Targets({ metrics }: { metrics: SuccessMetric[] }) {
  return (
    <div className="targets">
      {FAMILIES.map((family) => (
        <Card key={family} title={sentence(family)}>
          <ul className="target-list">
            {metrics
              .filter((metric) => metric.family === family)
              .map((metric) => (
                <li key={metric.key} title={metric.measuredBy}>
                  <span className="target-name">{metric.title}</span>
                  <strong className="target-value">{show(metric.value, metric.unit)}</strong>
                  <Verdict metric={metric} />
                  <span className="target-note">
                    {target(metric)}
                    {metric.value === null ? ` · ${metric.reason}` : ` · n = ${metric.n.toLocaleString("en")}`}
                    {metric.byHand && metric.value !== null && " · entered by an admin"}
                  </span>
                </li>
              ))}
          </ul>
        </Card>
      ))}
    </div>
  );
}

import { words } from "@/lib/format";
import { toneOf } from "./Status";

/** Order of states in bars and legends: what needs attention comes last, where the eye ends. */
const ORDER = ["passed", "running", "ready", "retry_wait", "pending", "skipped", "parked", "cancelled", "failed"];

export function orderedCounts(counts: Record<string, number>): [string, number][] {
  const place = (status: string) => (ORDER.includes(status) ? ORDER.indexOf(status) : ORDER.length);
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .sort(([a], [b]) => place(a) - place(b));
}

/** One bar split by state, with the same counts as words below. */
export function CountsBar({ counts, total }: { counts: Record<string, number>; total: number }) {
  const parts = orderedCounts(counts);
  const sum = Math.max(total, 1);
  return (
    <div className="counts">
      <div className="counts-bar" aria-hidden="true">
        {parts.map(([status, count]) => (
          <span
            key={status}
            className={`fill ${toneOf(status)} ${status}`}
            style={{ width: `${(count / sum) * 100}%` }}
          />
        ))}
      </div>
      <ul className="legend">
        {parts.map(([status, count]) => (
          <li key={status}>
            <span className={`swatch ${toneOf(status)} ${status}`} />
            {words(status)} <strong>{count.toLocaleString("en")}</strong>
          </li>
        ))}
      </ul>
    </div>
  );
}

export function Meter({ value, label, tone = "info" }: { value: number; label: string; tone?: string }) {
  const share = Math.round(Math.min(1, Math.max(0, value)) * 100);
  return (
    <div
      className="meter"
      role="progressbar"
      aria-label={label}
      aria-valuenow={share}
      aria-valuemin={0}
      aria-valuemax={100}
    >
      <span className={`fill ${tone}`} style={{ width: `${share}%` }} />
    </div>
  );
}

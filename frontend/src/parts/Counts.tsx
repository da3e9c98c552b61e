import { words } from "@/lib/format";
import { Status } from "@/ui/Status";

export const BY_WEIGHT = ["failed", "not_run", "passed", "not_applicable"] as const;

/** How many of each state, the worst first, each with its icon and word. */
export function Counts({ of, none = "no result yet" }: { of: Partial<Record<string, number>>; none?: string }) {
  const shown = BY_WEIGHT.filter((status) => of[status]);
  if (shown.length === 0) return <span className="muted small">{none}</span>;
  return (
    <span className="level-counts">
      {shown.map((status) => (
        <Status key={status} value={status} label={`${of[status]} ${words(status)}`} />
      ))}
    </span>
  );
}

export function countBy(statuses: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

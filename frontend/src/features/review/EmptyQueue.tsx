import { Link } from "@tanstack/react-router";
import { ago, plural } from "@/lib/format";
import type { ReviewCounts } from "@/model/review";
import { useNow } from "@/ui/Ago";
import { Button } from "@/ui/Button";
import { Empty } from "@/ui/states";
import { Visible } from "@/ui/Visible";
import { useLiveRuns } from "./api/getLiveRuns";
import { useQueue } from "./api/getQueue";
import { useReviewStats } from "./api/getStats";
import { minutesLeft } from "./Banner";
import { isFiltered, type ReviewSearch } from "./search";

interface EmptyQueueProps {
  search: ReviewSearch;
  counts: ReviewCounts | null;
  onSearch: (next: ReviewSearch) => void;
}

/** Three different kinds of nothing: filtered away, held by others, and really done. */
export function EmptyQueue({ search, counts, onSearch }: EmptyQueueProps) {
  if (isFiltered(search)) {
    return (
      <Empty icon="search" title="Nothing matches">
        <p>No item of this view fits the filters.</p>
        <Button onClick={() => onSearch({ view: search.view })}>Clear the filters</Button>
      </Empty>
    );
  }
  if ((search.view ?? "needs_me") === "needs_me" && counts && counts.inReview > 0 && counts.pending === 0) {
    return (
      <Empty icon="lock" title="All items are with others">
        <p>{counts.inReview} in review. A claim that is not renewed comes back here.</p>
        <Holders />
        <Button onClick={() => onSearch({ view: "pending" })}>Show them</Button>
      </Empty>
    );
  }
  return (
    <Empty title="Nothing to review">
      <p>Items appear here when a run finds an atom that fails, or trusts one too little.</p>
      <Coming />
      {counts !== null && counts.done > 0 && (
        <p>
          {plural(counts.done, "item")} decided, {counts.mineToday} by you today.
        </p>
      )}
      <p className="links">
        <Link to="/runs">Runs</Link>
        <Link to="/masterplans">Plans</Link>
      </p>
    </Empty>
  );
}

/** Whether more is on its way, and when the last item came. */
function Coming() {
  const live = useLiveRuns();
  const { newestAt } = useReviewStats();
  const now = useNow();
  const runs = live === null ? null : live === 0 ? "no run is active" : `${plural(live, "run")} active`;
  const words = [runs, newestAt && `last item ${ago(newestAt, now)}`].filter(Boolean).join("; ");
  return words ? <p>{`${words.slice(0, 1).toUpperCase()}${words.slice(1)}.`}</p> : null;
}

/** Who holds what is left, and until when at most. */
function Holders() {
  const held = useQueue({ view: "pending" });
  const now = useNow();
  const rows = held.data?.pages.flatMap((page) => page.rows).filter((row) => row.assignedTo !== null) ?? [];
  return (
    <ul className="holders">
      {rows.slice(0, MOST_HOLDERS).map((row) => (
        <li key={row.id}>
          <strong>
            <Visible text={row.assignedTo ?? ""} />
          </strong>{" "}
          <Visible text={row.symbol || row.path} />, for {minutesLeft(row.claimedUntil, now)} more min at most
        </li>
      ))}
    </ul>
  );
}

const MOST_HOLDERS = 5;

import { Link } from "@tanstack/react-router";
import type { ReviewCounts } from "@/model/review";
import { Button } from "@/ui/Button";
import { Empty } from "@/ui/states";
import type { ReviewSearch } from "./search";

interface EmptyQueueProps {
  search: ReviewSearch;
  counts: ReviewCounts | null;
  onSearch: (next: ReviewSearch) => void;
}

/** Three different kinds of nothing: filtered away, held by others, and really done. */
export function EmptyQueue({ search, counts, onSearch }: EmptyQueueProps) {
  const filtered = search.q || search.run || search.masterplan;
  if (filtered) {
    return (
      <Empty icon="search" title="Nothing matches">
        <p>No item of this view fits the filters.</p>
        <Button onClick={() => onSearch({ view: search.view })}>Clear the filters</Button>
      </Empty>
    );
  }
  if (counts && counts.inReview > 0 && counts.pending === 0) {
    return (
      <Empty icon="lock" title="All items are with others">
        <p>{counts.inReview} in review. A claim that is not renewed comes back here.</p>
        <Button onClick={() => onSearch({ view: "pending" })}>Show them</Button>
      </Empty>
    );
  }
  return (
    <Empty title="Nothing to review">
      <p>Items appear here when a run finds an atom that fails, or trusts one too little.</p>
      <p className="links">
        <Link to="/runs">Runs</Link>
        <Link to="/masterplans">Plans</Link>
      </p>
    </Empty>
  );
}

import { plural } from "@/lib/format";
import type { ReviewCounts } from "@/model/review";
import { Button } from "@/ui/Button";
import type { Blocked } from "./useReviewer";

interface ActionBarProps {
  blocked: Blocked["reason"];
  editing: boolean;
  counts: ReviewCounts | null;
  medianSeconds: number | null;
  unsent: number;
  onApprove: () => void;
  onEdit: () => void;
  onReject: () => void;
  onRegenerate: () => void;
  onSkip: () => void;
}

export function ActionBar(props: ActionBarProps) {
  const { blocked, editing, counts, medianSeconds, unsent } = props;
  const off = blocked !== "none" || editing;
  const open = counts ? counts.pending + counts.inReview : 0;
  return (
    <section className="action-bar" aria-label="Decide">
      <div className="actions">
        <Button tone="good" icon="check" command="review.approve" disabled={off} onClick={props.onApprove}>
          Approve
        </Button>
        <Button icon="edit" command="review.edit" disabled={off} onClick={props.onEdit}>
          Edit
        </Button>
        <Button tone="bad" icon="cross" command="review.reject" disabled={off} onClick={props.onReject}>
          Reject
        </Button>
        <Button icon="redo" command="review.regenerate" disabled={off} onClick={props.onRegenerate}>
          Regenerate
        </Button>
        <Button
          tone="quiet"
          icon="skip"
          command="review.skip"
          disabled={blocked === "loading" || editing}
          onClick={props.onSkip}
        >
          Skip
        </Button>
      </div>
      {counts && (
        <p className="tally muted small">
          {unsent > 0 && <strong className="unsent-count">{plural(unsent, "decision")} being saved · </strong>}
          <span>
            {open} of {open + counts.done} open
          </span>{" "}
          · you {counts.mineToday} today
          {medianSeconds !== null && ` · median ${Math.round(medianSeconds)} s`}
        </p>
      )}
    </section>
  );
}

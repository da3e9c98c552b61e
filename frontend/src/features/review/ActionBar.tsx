import { plural } from "@/lib/format";
import type { ReviewCounts } from "@/model/review";
import { Button } from "@/ui/Button";
import type { Unsents } from "./decisions";
import { UndoNote } from "./UndoNote";
import type { Blocked } from "./useReviewer";
import type { Undoing } from "./useUndo";

interface ActionBarProps {
  blocked: Blocked["reason"];
  editing: boolean;
  counts: ReviewCounts | null;
  medianSeconds: number | null;
  unsents: Unsents;
  undoing: Undoing;
  /** What a regeneration is expected to cost, in words. */
  estimate: string;
  onApprove: () => void;
  onEdit: () => void;
  onReject: () => void;
  onRegenerate: () => void;
  onSkip: () => void;
}

export function ActionBar(props: ActionBarProps) {
  const { blocked, editing, estimate } = props;
  const off = blocked !== "none" || editing;
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
          Regenerate{estimate && <span className="estimate"> {estimate}</span>}
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
      <UndoNote undoing={props.undoing} />
      <Tally {...props} />
    </section>
  );
}

/** Where the queue stands, what I did today, and what the server has not confirmed. */
function Tally({ counts, medianSeconds, unsents }: ActionBarProps) {
  const states = Object.values(unsents);
  const failed = states.filter((row) => row.state === "failed").length;
  const sending = states.length - failed;
  if (!counts) return null;
  const open = counts.pending + counts.inReview;
  return (
    <p className="tally muted small" data-testid="tally">
      {failed > 0 && <strong className="unsent-count bad">{plural(failed, "decision")} unsent · </strong>}
      {sending > 0 && <strong className="unsent-count">{plural(sending, "decision")} being saved · </strong>}
      <span>
        {open} of {open + counts.done} open
      </span>{" "}
      · you {counts.mineToday} today
      {medianSeconds !== null && ` · median ${Math.round(medianSeconds)} s`}
    </p>
  );
}

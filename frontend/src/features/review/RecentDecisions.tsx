import { plural } from "@/lib/format";
import { Button } from "@/ui/Button";
import { Visible } from "@/ui/Visible";
import type { Undoing } from "./useUndo";

interface RecentDecisionsProps {
  undoing: Undoing;
  onOpen: (reviewId: string) => void;
}

/** My last ten decisions of this visit, the newest first: each can be looked at again, and taken back. */
export function RecentDecisions({ undoing, onOpen }: RecentDecisionsProps) {
  const { recent, busy, undoLast } = undoing;
  if (recent.length === 0) return null;
  return (
    <details className="recent-decisions">
      <summary>My last {plural(recent.length, "decision")}</summary>
      <ol aria-label="My last decisions">
        {recent.toReversed().map(({ reviewId, text }) => (
          <li key={reviewId}>
            <button type="button" className="recent-text" onClick={() => onOpen(reviewId)}>
              <Visible text={text} />
            </button>
            <Button disabled={busy} aria-label={`Undo: ${text}`} onClick={() => undoLast(reviewId)}>
              Undo
            </Button>
          </li>
        ))}
      </ol>
    </details>
  );
}

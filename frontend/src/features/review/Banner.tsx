import type { ReactNode } from "react";
import { ago, sentence } from "@/lib/format";
import type { ReviewDetail } from "@/model/review";
import { useNow } from "@/ui/Ago";
import { Button } from "@/ui/Button";
import { Icon, type IconName } from "@/ui/Icon";
import { Visible } from "@/ui/Visible";
import { decidedWord } from "./decided";
import type { Blocked } from "./useReviewer";
import { whatChanged } from "./whatChanged";

interface BannerProps {
  detail: ReviewDetail;
  blocked: Blocked["reason"];
  /** The version that waits, once it is here. */
  ready: ReviewDetail | null;
  /** I held this item, and do not any more. */
  lost: boolean;
  /** The decision is mine and may be taken back. */
  canUndo: boolean;
  onTake: () => void;
  onNextFree: () => void;
  onUndo: () => void;
}

/** Minutes until a claim runs out, rounded up. */
export const minutesLeft = (until: string | null, now: number): number =>
  Math.max(1, Math.ceil((Date.parse(until ?? "") - now) / 60_000));

/** Why this item cannot be decided now. It stays readable. */
export function Banner(props: BannerProps) {
  const { detail, blocked, ready, lost } = props;
  const now = useNow();
  if (blocked === "claimed") {
    return (
      <Note
        icon="lock"
        action={
          <Button command="review.nextFree" onClick={props.onNextFree}>
            Next free item
          </Button>
        }
      >
        {lost && "You no longer hold this item; an edit that you began is kept. "}
        <Visible text={detail.assignedTo ?? "Somebody"} /> is reviewing this, for{" "}
        {minutesLeft(detail.claimedUntil, now)} more min at most.
      </Note>
    );
  }
  if (blocked === "changed") {
    return (
      <Note
        icon="redo"
        action={
          <Button command="review.nextAttempt" disabled={ready === null} onClick={props.onTake}>
            Show it
          </Button>
        }
      >
        This item changed while you were reading
        {ready === null ? "; the new version is being fetched." : `: ${whatChanged(detail, ready).join(", ")}.`} Nothing
        was decided; an edit that you began is kept.
      </Note>
    );
  }
  if (blocked === "closed") {
    if (detail.decision === "withdrawn") {
      return (
        <Note icon="redo">
          Withdrawn {detail.reviewedAt && ago(detail.reviewedAt, now)}: another attempt, another contract of what it
          needs, or the end of its run came first. Nothing was decided, and an edit that you began is kept.
        </Note>
      );
    }
    const action = props.canUndo ? (
      <Button command="review.undo" onClick={props.onUndo}>
        Undo
      </Button>
    ) : null;
    return (
      <Note icon="check" action={action}>
        {sentence(decidedWord(detail.decision ?? detail.status))}
        {detail.reviewedAt && ` ${ago(detail.reviewedAt, now)}`}. Decided items are read-only.
      </Note>
    );
  }
  if (blocked === "offline") {
    return (
      <Note icon="warn">
        You are offline. You can read what is loaded; decisions wait until the network is back, so that none is made on
        something outdated.
      </Note>
    );
  }
  if (blocked === "role") {
    return (
      <Note icon="lock">You can read this. Deciding needs the role reviewer, which an administrator can grant.</Note>
    );
  }
  return null;
}

function Note({ icon, action, children }: { icon: IconName; action?: ReactNode; children: ReactNode }) {
  return (
    <div className="banner" role="status">
      <Icon name={icon} />
      <p>{children}</p>
      {action}
    </div>
  );
}

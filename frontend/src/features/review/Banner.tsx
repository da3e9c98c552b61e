import type { ReactNode } from "react";
import { ago, sentence } from "@/lib/format";
import type { ReviewDetail } from "@/model/review";
import { useNow } from "@/ui/Ago";
import { Button } from "@/ui/Button";
import { Icon, type IconName } from "@/ui/Icon";
import { Visible } from "@/ui/Visible";
import type { Blocked } from "./useReviewer";

interface BannerProps {
  detail: ReviewDetail;
  blocked: Blocked["reason"];
  onReload: () => void;
  onNext: () => void;
}

const minutesLeft = (until: string | null, now: number): number =>
  Math.max(1, Math.ceil((Date.parse(until ?? "") - now) / 60_000));

/** Why this item cannot be decided now. It stays readable. */
export function Banner({ detail, blocked, onReload, onNext }: BannerProps) {
  const now = useNow();
  if (blocked === "claimed") {
    return (
      <Note icon="lock" action={<Button onClick={onNext}>Next free item</Button>}>
        <Visible text={detail.assignedTo ?? "Somebody"} /> is reviewing this, for{" "}
        {minutesLeft(detail.claimedUntil, now)} more min at most.
      </Note>
    );
  }
  if (blocked === "changed") {
    return (
      <Note icon="redo" action={<Button onClick={onReload}>Show the new version</Button>}>
        This item changed while you were reading. Nothing was decided; an edit you began is kept.
      </Note>
    );
  }
  if (blocked === "closed") {
    return (
      <Note icon="check">
        {sentence(detail.decision ?? detail.status)} {detail.reviewedAt && ago(detail.reviewedAt, now)}. Decided items
        are read-only.
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

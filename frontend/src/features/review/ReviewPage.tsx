import { useEffect, useState } from "react";
import { commandTitle } from "@/lib/keys/bindings";
import { useCommands } from "@/lib/keys/useCommands";
import { useOnline } from "@/lib/online";
import { isWide } from "@/lib/useWide";
import type { User } from "@/model/session";
import { hasRole } from "@/model/session";
import { Button } from "@/ui/Button";
import { useTitle } from "@/ui/Page";
import { ErrorState, Skeleton } from "@/ui/states";
import { useQueue } from "./api/getQueue";
import { useReview } from "./api/getReview";
import { useReviewStats } from "./api/getStats";
import { optimisticCounts } from "./decisions";
import { EmptyQueue } from "./EmptyQueue";
import { preloadEditor } from "./editor/load";
import { ItemView } from "./ItemView";
import { QueueHead } from "./QueueHead";
import { Arrivals, QueueList } from "./QueueList";
import { RecentDecisions } from "./RecentDecisions";
import type { ReviewSearch } from "./search";
import { UndoNote } from "./UndoNote";
import { usePanes } from "./usePanes";
import { useQueueLive } from "./useQueueLive";
import { useReviewer } from "./useReviewer";

interface ReviewPageProps {
  user: User | null;
  reviewId: string | null;
  search: ReviewSearch;
  onSearch: (search: ReviewSearch) => void;
  onSelect: (reviewId: string | null, replace?: boolean) => void;
  onOpenAtom: (atomId: string, runId: string) => void;
}

export function ReviewPage({ user, reviewId, search, onSearch, onSelect, onOpenAtom }: ReviewPageProps) {
  useTitle("Review");
  const view = search.view ?? "needs_me";
  const queue = useQueue({ ...search, view });
  const rows = queue.data?.pages.flatMap((page) => page.rows) ?? [];
  const first = queue.data?.pages[0] ?? null;
  const item = useReview(reviewId);
  const detail = item.data && !item.isPlaceholderData && item.data.id === reviewId ? item.data : null;
  const live = useQueueLive(first?.asOfId ?? null);
  const { medianSeconds } = useReviewStats();
  const [focused, setFocused] = useState(false);
  const reviewer = useReviewer({
    rows,
    selectedId: reviewId,
    detail,
    me: user?.username ?? "",
    canReview: hasRole(user, "reviewer"),
    online: useOnline(),
    onSelect,
  });
  const { undoing } = reviewer;
  const panes = usePanes();
  // What this visit decided comes first; without that, the item in view, where the decision on it is mine.
  const undoable = undoing.recent.length > 0 || reviewer.mine;
  useCommands({
    "review.undo": undoable ? () => undoing.undoLast(undoing.recent.at(-1)?.reviewId ?? detail?.id) : undefined,
  });
  const counts = first ? optimisticCounts(first.counts, reviewer.unsents) : null;
  const firstId = reviewer.shown[0]?.id ?? null;

  useEffect(() => {
    if (reviewId === null && firstId !== null && isWide()) onSelect(firstId, true);
  }, [reviewId, firstId, onSelect]);
  useEffect(() => {
    const idle = setTimeout(() => void preloadEditor().catch(() => undefined), 1000);
    return () => clearTimeout(idle);
  }, []);

  const loadMore = () => {
    if (queue.hasNextPage && !queue.isFetchingNextPage) void queue.fetchNextPage();
  };
  const folded = !panes.queue && reviewId !== null && isWide();
  const frame = ["review", focused && "focused", reviewId && "has-item", folded && "no-queue", !panes.why && "no-why"]
    .filter(Boolean)
    .join(" ");
  const nothing = queue.isSuccess && reviewer.shown.length === 0;
  return (
    <div className={frame} data-ready={queue.isSuccess}>
      {/* Where the item hides the queue, and with it the heading of the page. */}
      <h1 className="sr-only alone">Review</h1>
      {folded && (
        <Button
          tone="quiet"
          icon="review"
          className="unfold-queue"
          aria-label="Open the queue"
          title={commandTitle("review.queuePane")}
          onClick={panes.toggleQueue}
        />
      )}
      <section className="queue" aria-label="Queue" hidden={folded}>
        <QueueHead
          view={view}
          search={search}
          counts={counts}
          rows={rows}
          me={user?.username ?? ""}
          onSearch={onSearch}
          onFold={panes.toggleQueue}
        />
        <Arrivals count={live.arrivals} onLoad={live.loadArrivals} />
        {queue.isPending && <Skeleton rows={7} label="Loading the queue" />}
        {queue.isError && <ErrorState error={queue.error} onRetry={() => void queue.refetch()} />}
        {nothing && reviewId !== null && <p className="muted queue-none">Nothing in this view.</p>}
        {reviewer.shown.length > 0 && (
          <QueueList
            rows={reviewer.shown}
            selectedId={reviewId}
            unsents={reviewer.unsents}
            complete={!queue.hasNextPage}
            me={user?.username ?? ""}
            onSelect={onSelect}
            onNearEnd={loadMore}
          />
        )}
        {nothing && reviewId === null && (
          <>
            <EmptyQueue search={search} counts={counts} onSearch={onSearch} />
            <UndoNote undoing={undoing} />
          </>
        )}
        <RecentDecisions undoing={undoing} onOpen={onSelect} />
      </section>
      {reviewId !== null && (
        <ItemView
          item={item}
          current={detail}
          reviewer={reviewer}
          counts={counts}
          medianSeconds={medianSeconds}
          focused={focused}
          onFocusMode={() => setFocused(!focused)}
          onBack={() => onSelect(null)}
          onOpenAtom={onOpenAtom}
          onLoadNew={live.loadArrivals}
          panes={panes}
        />
      )}
    </div>
  );
}

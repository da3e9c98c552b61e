import type { UseQueryResult } from "@tanstack/react-query";
import { useCommands } from "@/lib/keys/useCommands";
import type { ReviewCounts, ReviewDetail } from "@/model/review";
import { Icon } from "@/ui/Icon";
import { ErrorState, Skeleton } from "@/ui/states";
import { ActionBar } from "./ActionBar";
import { Banner } from "./Banner";
import { CodePane, ItemHead } from "./CodePane";
import { DetailTabs } from "./DetailTabs";
import { EditPane } from "./EditPane";
import { ReasonStrip } from "./ReasonStrip";
import { useItemKeys } from "./useItemKeys";
import { useItemState } from "./useItemState";
import type { Reviewer } from "./useReviewer";
import { WhyPane } from "./WhyPane";

export interface ItemViewProps {
  item: UseQueryResult<ReviewDetail>;
  /** The item when it is really the selected one, null while another stands in for it. */
  current: ReviewDetail | null;
  reviewer: Reviewer;
  counts: ReviewCounts | null;
  medianSeconds: number | null;
  focused: boolean;
  onFocusMode: () => void;
  onBack: () => void;
  onOpenAtom: (atomId: string, runId: string) => void;
  onLoadNew: () => void;
}

/** The item in view: its code, why it is here, and the decisions. */
export function ItemView(props: ItemViewProps) {
  const { item, current, reviewer, counts, medianSeconds } = props;
  const state = useItemState(current, reviewer);
  useItemKeys(props, state);
  useCommands({ "review.next": () => reviewer.move(1), "review.previous": () => reviewer.move(-1) });
  const detail = item.data;
  if (!detail) {
    return (
      <section className="item" aria-label="Item">
        {item.isError ? (
          <ErrorState error={item.error} onRetry={() => void item.refetch()} />
        ) : (
          <Skeleton rows={10} label="Loading the item" />
        )}
      </section>
    );
  }
  const blocked = reviewer.blocked.reason;
  const unsent = Object.values(reviewer.unsents).filter((row) => row.state === "sending").length;
  return (
    <>
      <section
        className={`item${current ? "" : " stale"}`}
        aria-label="Item"
        aria-busy={current === null}
        data-review={current?.id}
      >
        <button type="button" className="link-button back-to-queue" onClick={props.onBack}>
          <Icon name="back" /> Queue
        </button>
        <ItemHead detail={detail} />
        {current && (
          <Banner
            detail={detail}
            blocked={blocked}
            onReload={() => void item.refetch()}
            onNext={() => reviewer.move(1)}
          />
        )}
        {current && item.isError && <ErrorState error={item.error} onRetry={() => void item.refetch()} />}
        {state.editing !== null && current ? (
          <EditPane
            key={current.id}
            detail={current}
            initial={state.editing}
            compose={(extra) => reviewer.compose("edit", extra)}
            onSaved={state.saved}
            onLeave={() => state.setEditing(null)}
          />
        ) : (
          <CodePane
            detail={detail}
            shown={state.shownIn(detail)}
            mode={state.mode}
            onAttempt={state.setAttempt}
            onMode={state.toggleMode}
          />
        )}
        <DetailTabs detail={detail} tab={state.tab} onTab={state.setTab} />
      </section>
      <WhyPane detail={detail} preview={state.preview} onPreview={state.setPreview} onTake={state.startEdit} />
      <div className="decide">
        {state.strip && (
          <ReasonStrip
            key={`${state.strip}${detail.id}`}
            kind={state.strip}
            onSend={state.sendStrip}
            onClose={() => state.setStrip(null)}
          />
        )}
        <ActionBar
          blocked={blocked}
          editing={state.editing !== null}
          counts={counts}
          medianSeconds={medianSeconds}
          unsent={unsent}
          onApprove={state.approve}
          onEdit={() => state.startEdit()}
          onReject={() => state.setStrip("reject")}
          onRegenerate={() => state.setStrip("regenerate")}
          onSkip={reviewer.skipItem}
        />
      </div>
    </>
  );
}

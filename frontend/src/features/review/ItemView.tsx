import type { UseQueryResult } from "@tanstack/react-query";
import { useCommands } from "@/lib/keys/useCommands";
import { useWide } from "@/lib/useWide";
import type { ReviewCounts, ReviewDetail } from "@/model/review";
import { Icon } from "@/ui/Icon";
import { ErrorState, Skeleton } from "@/ui/states";
import { ActionBar } from "./ActionBar";
import { Banner } from "./Banner";
import { ChangedPanel } from "./ChangedPanel";
import { CodePane, ItemHead } from "./CodePane";
import { DetailTabs } from "./DetailTabs";
import { draftOf } from "./drafts";
import { EditPane } from "./EditPane";
import { estimateOf } from "./estimate";
import { ReasonStrip } from "./ReasonStrip";
import { useItemKeys } from "./useItemKeys";
import { useItemState } from "./useItemState";
import { useNewItem } from "./useNewItem";
import type { Panes } from "./usePanes";
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
  panes: Panes;
}

/** The item in view: its code, why it is here, and the decisions. */
export function ItemView(props: ItemViewProps) {
  const { item, current, reviewer, counts, medianSeconds } = props;
  const state = useItemState(current, reviewer);
  useItemKeys(props, state);
  useCommands({ "review.next": () => reviewer.move(1), "review.previous": () => reviewer.move(-1) });
  const detail = item.data;
  const section = useNewItem(detail?.id);
  const wide = useWide();
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
  // Beside the item, where it can be folded; where panes stand one below the other, before what is only looked up.
  const why = (props.panes.why || !wide) && (
    <WhyPane
      detail={detail}
      preview={state.preview}
      feedback={state.feedback}
      canTake={state.open && state.editing === null}
      onPreview={state.setPreview}
      onTake={state.startEdit}
      onFeedback={state.setFeedback}
      onFold={props.panes.toggleWhy}
    />
  );
  const { newer, undoing } = reviewer;
  return (
    <>
      <section
        ref={section}
        className={`item${current ? "" : " stale"}`}
        aria-label="Item"
        aria-busy={current === null}
        data-review={current?.id}
      >
        {!current && <Skeleton rows={1} label="Loading the next item" />}
        <button type="button" className="link-button back-to-queue" onClick={props.onBack}>
          <Icon name="back" /> Queue
        </button>
        <ItemHead detail={detail} />
        {current && (
          <Banner
            detail={detail}
            blocked={blocked}
            ready={newer.ready}
            lost={reviewer.lost}
            canUndo={reviewer.mine || undoing.recent.some((entry) => entry.reviewId === detail.id)}
            onTake={newer.take}
            onNextFree={reviewer.nextFree}
            onUndo={() => undoing.undoLast(detail.id)}
          />
        )}
        {current && newer.before && (
          <ChangedPanel
            before={newer.before}
            now={current}
            hasDraft={draftOf(current.id) !== undefined}
            onContinue={newer.dismiss}
          />
        )}
        {current && item.isError && <ErrorState error={item.error} onRetry={() => void item.refetch()} />}
        {state.editing !== null && current ? (
          <EditPane
            key={current.id}
            detail={current}
            initial={state.editing}
            compose={(extra) => reviewer.compose("edit", { feedback: state.feedback, ...extra })}
            onSaved={state.saved}
            onLeave={() => state.setEditing(null)}
          />
        ) : (
          <CodePane
            detail={detail}
            shown={state.shownIn(detail)}
            base={state.baseIn(detail)}
            mode={state.mode}
            onAttempt={state.setAttempt}
            onMode={state.toggleMode}
            onBase={state.toggleBase}
          />
        )}
        {!wide && why}
        <DetailTabs detail={detail} tab={state.tab} onTab={state.setTab} />
      </section>
      {wide && why}
      <div className="decide">
        {state.strip && (
          <ReasonStrip
            key={`${state.strip}${detail.id}`}
            kind={state.strip}
            words={state.feedback}
            onSend={state.sendStrip}
            onClose={() => state.setStrip(null)}
          />
        )}
        <ActionBar
          blocked={blocked}
          editing={state.editing !== null}
          counts={counts}
          medianSeconds={medianSeconds}
          unsents={reviewer.unsents}
          undoing={undoing}
          estimate={estimateOf(detail)}
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

import { PREVIEWS } from "@/lib/keys/commands";
import { useCommands } from "@/lib/keys/useCommands";
import { stepChange } from "./changes";
import { DETAIL_TABS } from "./detailTabs";
import type { ItemViewProps } from "./ItemView";
import { stepAttempt } from "./shown";
import type { ItemState } from "./useItemState";

/** The keys of the item in view. Decisions are registered only while one may be taken. */
export function useItemKeys(
  { current, reviewer, onFocusMode, onOpenAtom, onLoadNew, panes }: ItemViewProps,
  state: ItemState,
): void {
  const idle = state.editing === null && state.strip === null;
  const deciding = idle && state.open;
  const nextTab = () => state.setTab(DETAIL_TABS[(DETAIL_TABS.indexOf(state.tab) + 1) % DETAIL_TABS.length] ?? "tests");
  const attempt = (step: 1 | -1) => current && state.setAttempt(stepAttempt(current, state.attempt, step));
  const { ready, take } = reviewer.newer;
  const claimed = reviewer.blocked.reason === "claimed";
  const taken = state.preview === null ? null : (current?.suggestions[state.preview]?.code ?? null);
  const withCode = PREVIEWS.map((id, index) => ({ id, index })).filter(
    ({ index }) => current?.suggestions[index]?.code,
  );
  const preview = (index: number) => () => state.setPreview(state.preview === index ? null : index);
  useCommands({
    ...(deciding && {
      "review.approve": state.approve,
      "review.edit": () => state.startEdit(),
      "review.reject": () => state.setStrip("reject"),
      "review.regenerate": () => state.setStrip("regenerate"),
    }),
    ...(idle && current && { "review.skip": reviewer.skipItem }),
    ...(current && {
      ...(claimed ? { "review.nextFree": reviewer.nextFree } : { "review.nextChange": () => stepChange(1) }),
      "review.previousChange": () => stepChange(-1),
      "review.previousAttempt": () => attempt(-1),
      "review.nextAttempt": () => (ready ? take() : attempt(1)),
      "review.base": state.toggleBase,
      "review.mode": state.toggleMode,
      "review.details": nextTab,
      "review.dependents": () => state.setTab("dependents"),
      ...(deciding && taken !== null
        ? { "review.take": () => state.startEdit(taken) }
        : { "review.open": () => onOpenAtom(current.atomId, current.runId) }),
      ...Object.fromEntries(withCode.map(({ id, index }) => [id, preview(index)])),
    }),
    "review.focus": onFocusMode,
    "review.queuePane": panes.toggleQueue,
    "review.whyPane": panes.toggleWhy,
    "review.loadNew": onLoadNew,
  });
}

import { useState } from "react";
import { diffMode } from "@/lib/preferences";
import { showToast } from "@/lib/toasts";
import type { ReviewDetail } from "@/model/review";
import type { DetailTab } from "./detailTabs";
import type { ReasonCode } from "./reasons";
import { type Base, comparedWith, type Shown, shownCode } from "./shown";
import { usePerItem } from "./usePerItem";
import type { Reviewer } from "./useReviewer";

const NO_MODEL =
  "Nobody can write another attempt: this run has no model. Set ANTHROPIC_API_KEY or ANTHROPIC_BASE_URL, and start a new run.";

/** What the reviewer has opened of the item: most of it ends with the item, the tab and the mode stay. */
export function useItemState(current: ReviewDetail | null, reviewer: Reviewer) {
  const id = current?.id ?? null;
  const [tab, setTab] = useState<DetailTab>("tests");
  const [mode, setMode] = diffMode.use();
  const [attempt, setAttempt] = usePerItem<number | null>(id, null);
  // By its code: the list of suggestions may be read again while one of them is in view.
  const [previewed, setPreviewed] = usePerItem<string | null>(id, null);
  const place = previewed === null ? -1 : (current?.suggestions.findIndex((row) => row.code === previewed) ?? -1);
  const preview = place < 0 ? null : place;
  const setPreview = (index: number | null) =>
    setPreviewed(index === null ? null : (current?.suggestions[index]?.code ?? null));
  const [strip, setStrip] = usePerItem<"reject" | "regenerate" | null>(id, null);
  const [editing, setEditing] = usePerItem<string | null>(id, null);
  const [feedback, setFeedback] = usePerItem(id, "");
  const [base, setBase] = useState<Base>("original");
  const open = reviewer.blocked.reason === "none" && current !== null;

  const shownIn = (detail: ReviewDetail): Shown => shownCode(detail, attempt, preview);
  const startEdit = (code?: string) => {
    if (!open) return;
    const shown = shownIn(current);
    setStrip(null);
    setEditing(code ?? shown.code ?? current.original ?? "");
  };
  const sendStrip = (reason: ReasonCode, words: string) => {
    if (strip === "reject") reviewer.act("reject", "Rejected", { reasonCode: reason, feedback: words });
    if (strip === "regenerate") reviewer.act("regenerate", "Sent back", { feedback: words });
  };
  const saved = (reviewId: string) => {
    reviewer.decided.current.add(reviewId);
    setEditing(null);
    reviewer.remember(reviewId, "Edited");
    reviewer.advance("Edit saved", reviewId);
  };
  return {
    tab,
    setTab,
    mode,
    toggleMode: () => setMode(mode === "unified" ? "split" : "unified"),
    attempt,
    setAttempt,
    preview,
    setPreview,
    strip,
    setStrip: (kind: "reject" | "regenerate" | null) => {
      if (open && kind === "regenerate" && current.model === null) showToast({ tone: "info", text: NO_MODEL });
      else setStrip(open ? kind : null);
    },
    editing,
    setEditing,
    open,
    shownIn,
    base,
    toggleBase: () => setBase(base === "original" ? "previous" : "original"),
    baseIn: (detail: ReviewDetail) => comparedWith(detail, shownIn(detail), base),
    feedback,
    setFeedback,
    startEdit,
    sendStrip,
    saved,
    approve: () => void reviewer.act("approve", "Approved", { feedback }),
  };
}

export type ItemState = ReturnType<typeof useItemState>;

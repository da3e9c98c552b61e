import { useState } from "react";
import { stored } from "@/lib/stored";
import type { ReviewDetail } from "@/model/review";
import type { DetailTab } from "./detailTabs";
import type { ReasonCode } from "./reasons";
import { type Shown, shownCode } from "./shown";
import { usePerItem } from "./usePerItem";
import type { Reviewer } from "./useReviewer";

const diffMode = stored<"unified" | "split">("mge.diff.mode", "unified");

/** What the reviewer has opened of the item: most of it ends with the item, the tab and the mode stay. */
export function useItemState(current: ReviewDetail | null, reviewer: Reviewer) {
  const id = current?.id ?? null;
  const [tab, setTab] = useState<DetailTab>("tests");
  const [mode, setMode] = diffMode.use();
  const [attempt, setAttempt] = usePerItem<number | null>(id, null);
  const [preview, setPreview] = usePerItem<number | null>(id, null);
  const [strip, setStrip] = usePerItem<"reject" | "regenerate" | null>(id, null);
  const [editing, setEditing] = usePerItem<string | null>(id, null);
  const open = reviewer.blocked.reason === "none" && current !== null;

  const shownIn = (detail: ReviewDetail): Shown => shownCode(detail, attempt, preview);
  const startEdit = (code?: string) => {
    if (!open) return;
    const shown = shownIn(current);
    setStrip(null);
    setEditing(code ?? shown.code ?? current.original ?? "");
  };
  const sendStrip = (reason: ReasonCode, feedback: string) => {
    if (strip === "reject") reviewer.act("reject", "Rejected", { reasonCode: reason, feedback });
    if (strip === "regenerate") reviewer.act("regenerate", "Sent back", { feedback });
  };
  const saved = (reviewId: string) => {
    reviewer.decided.current.add(reviewId);
    setEditing(null);
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
    setStrip: (kind: "reject" | "regenerate" | null) => setStrip(open ? kind : null),
    editing,
    setEditing,
    open,
    shownIn,
    startEdit,
    sendStrip,
    saved,
    approve: () => void reviewer.act("approve", "Approved"),
  };
}

export type ItemState = ReturnType<typeof useItemState>;

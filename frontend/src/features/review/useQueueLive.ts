import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { urls } from "@/api/urls";
import { useLive } from "@/lib/live/useLive";
import { type LiveFrame, numberOr, textOr } from "@/model/frame";
import { mergePatches, patchCounts, patchDetail, patchRows, type RowPatch } from "./cache";
import { readAgain, readAllAgain } from "./readAgain";

interface QueueLive {
  /** Items that came since the list was loaded. They wait until they are asked for. */
  arrivals: number;
  loadArrivals: () => void;
}

/** Keeps the queue current: rows are patched in place, new ones are only counted. */
export function useQueueLive(asOfId: number | null): QueueLive {
  const cache = useQueryClient();
  const [arrivals, setArrivals] = useState(0);
  const refetch = () => {
    setArrivals(0);
    void cache.invalidateQueries({ queryKey: ["queue"] });
  };
  const applyCounts = ({ data }: LiveFrame) =>
    patchCounts(cache, (old) => ({
      pending: numberOr(data.pending, old.pending),
      inReview: numberOr(data.in_review, old.inReview),
      done: numberOr(data.done, old.done),
      mineToday: numberOr(data.mine_today, old.mineToday),
    }));
  const apply = (frames: LiveFrame[]) => {
    const changed = frames.filter((frame) => frame.type === "review.changed");
    const patches = mergePatches(changed.map(patchOf));
    if (patches.size > 0) patchRows(cache, patches);
    for (const patch of patches.values()) patchDetail(cache, patch);
    const rescored = frames.filter((frame) => frame.type === "review.rescored").flatMap(rescoredRows);
    if (rescored.length > 0) patchRows(cache, mergePatches(rescored));
    for (const patch of rescored) readAgain(cache, patch);
    const added = frames.filter((frame) => frame.type === "review.added");
    if (added.length > 0) {
      const count = added.reduce((sum, frame) => sum + numberOr(frame.data.count, 1), 0);
      setArrivals((old) => old + count);
    }
    const counts = frames.findLast((frame) => frame.type === "review.counts");
    if (counts) applyCounts(counts);
  };
  useLive({
    path: asOfId === null ? null : urls.reviewSocket,
    asOfId,
    onFrames: apply,
    onResync: () => {
      refetch();
      readAllAgain(cache);
    },
  });
  return { arrivals, loadArrivals: refetch };
}

/** What an event says of an item. */
function patchOf({ data }: LiveFrame): RowPatch {
  return {
    id: String(data.review_id),
    ...(typeof data.status === "string" ? { status: data.status } : {}),
    ...(typeof data.version === "number" ? { version: data.version } : {}),
    ...("assigned_to" in data ? { assignedTo: textOr(data.assigned_to, null) } : {}),
    ...("claimed_until" in data ? { claimedUntil: textOr(data.claimed_until, null) } : {}),
    ...("decision" in data ? { decision: textOr(data.decision, null) } : {}),
  };
}

/** What an event says of items that were scored again, each with its version. */
function rescoredRows({ data }: LiveFrame): (RowPatch & { version: number })[] {
  const rows = Array.isArray(data.reviews) ? (data.reviews as Record<string, unknown>[]) : [];
  return rows.map((row) => ({
    id: String(row.review_id),
    version: numberOr(row.version, 0),
    ...(typeof row.confidence === "number" ? { confidence: row.confidence } : {}),
    ...(typeof row.priority === "number" ? { priority: row.priority } : {}),
    ...(Array.isArray(row.reasons) ? { reasons: row.reasons.map(String) } : {}),
  }));
}

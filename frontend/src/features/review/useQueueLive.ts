import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { urls } from "@/api/urls";
import { useLive } from "@/lib/live/useLive";
import { type LiveFrame, numberOr, textOr } from "@/model/frame";
import { patchCounts, patchDetail, patchRow } from "./cache";

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
  const applyChanged = ({ data }: LiveFrame) => {
    const patch = {
      id: String(data.review_id),
      ...(typeof data.status === "string" ? { status: data.status } : {}),
      ...(typeof data.version === "number" ? { version: data.version } : {}),
      ...("assigned_to" in data ? { assignedTo: textOr(data.assigned_to, null) } : {}),
      ...("claimed_until" in data ? { claimedUntil: textOr(data.claimed_until, null) } : {}),
      ...("decision" in data ? { decision: textOr(data.decision, null) } : {}),
    };
    patchRow(cache, patch);
    patchDetail(cache, patch);
  };
  const apply = (frame: LiveFrame) => {
    if (frame.type === "review.changed") applyChanged(frame);
    if (frame.type === "review.added") setArrivals((count) => count + numberOr(frame.data.count, 1));
    if (frame.type === "review.counts") {
      const { data } = frame;
      patchCounts(cache, (old) => ({
        pending: numberOr(data.pending, old.pending),
        inReview: numberOr(data.in_review, old.inReview),
        done: numberOr(data.done, old.done),
        mineToday: numberOr(data.mine_today, old.mineToday),
      }));
    }
  };
  useLive({
    path: asOfId === null ? null : urls.reviewSocket,
    asOfId,
    onFrames: (frames) => frames.forEach(apply),
    onResync: refetch,
  });
  return { arrivals, loadArrivals: refetch };
}

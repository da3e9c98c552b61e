import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { queryKeys } from "@/api/queryKeys";
import type { ReviewDetail } from "@/model/review";
import { fetchReview } from "./api/getReview";

export interface Newer {
  /** The version that the server has by now, while an older one is on screen. */
  ready: ReviewDetail | null;
  /** What was on screen before the newest version, until the reviewer has seen the difference. */
  before: ReviewDetail | null;
  /** Shows the newer version; never happens by itself. */
  take: () => void;
  /** The difference was read. */
  dismiss: () => void;
}

/** A version that arrives while an item is read waits aside: code is never swapped under the eyes. */
export function useNewer(detail: ReviewDetail | null, changedTo: number | null): Newer {
  const cache = useQueryClient();
  const [before, setBefore] = useState<ReviewDetail | null>(null);
  const id = detail?.id ?? "";
  const newer = useQuery({
    queryKey: [...queryKeys.review(id), "newer", changedTo],
    queryFn: ({ signal }) => fetchReview(id, signal),
    enabled: detail !== null && changedTo !== null,
  });
  const ready = detail && newer.data && newer.data.version > detail.version ? newer.data : null;
  const take = () => {
    if (!detail || !ready) return;
    setBefore(detail);
    cache.setQueryData(queryKeys.review(detail.id), ready);
  };
  const isBefore = before !== null && before.id === detail?.id && before.version < detail.version;
  return { ready, before: isBefore ? before : null, take, dismiss: () => setBefore(null) };
}

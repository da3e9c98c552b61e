import type { QueryClient } from "@tanstack/react-query";
import { queryKeys } from "@/api/queryKeys";
import type { ReviewDetail } from "@/model/review";
import { fetchReview } from "./api/getReview";
import { patchDetail } from "./cache";

interface Rescored {
  id: string;
  version: number;
}

/**
 * Reads an item again after its atom was scored again. What is on screen in the same version keeps its code, so its
 * terms, findings and tests are replaced at once; a newer version waits until the reviewer asks for it. What is not on
 * screen is read when it is opened.
 */
export function readAgain(cache: QueryClient, { id, version }: Rescored): void {
  const queryKey = queryKeys.review(id);
  const query = cache.getQueryCache().find<ReviewDetail>({ queryKey, exact: true });
  if (!query) return;
  const shown = query.state.data;
  if (shown === undefined || !query.isActive()) {
    void cache.invalidateQueries({ queryKey, exact: true, refetchType: shown === undefined ? "active" : "none" });
  } else if (shown.version === version) {
    void replaceEvidence(cache, id);
  } else {
    patchDetail(cache, { id, version });
  }
}

async function replaceEvidence(cache: QueryClient, id: string): Promise<void> {
  const queryKey = [...queryKeys.review(id), "evidence"];
  await cache.cancelQueries({ queryKey }); // it may have read what was stored before
  const read = cache.fetchQuery({
    queryKey,
    queryFn: ({ signal }) => fetchReview(id, signal),
    staleTime: 0,
    gcTime: 0,
  });
  const fresh = await read.catch(() => null); // a later reading took its place, or the line is down: then all is resynced
  if (fresh === null) return;
  cache.setQueryData<ReviewDetail>(queryKeys.review(id), (old) =>
    old?.version === fresh.version ? { ...fresh, ...(old.heard === undefined ? {} : { heard: old.heard }) } : old,
  );
}

/** Events were missed: every item that is kept may have been scored again. */
export function readAllAgain(cache: QueryClient): void {
  for (const query of cache.getQueryCache().findAll({ queryKey: ["review"] })) {
    const [, id, ...part] = query.queryKey as string[];
    const shown = query.state.data as ReviewDetail | undefined;
    if (id && part.length === 0 && shown) readAgain(cache, { id, version: shown.version });
  }
}

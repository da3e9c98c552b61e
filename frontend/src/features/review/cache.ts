import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import { queryKeys } from "@/api/queryKeys";
import { isOpen, type QueuePage, type ReviewCounts, type ReviewDetail, type ReviewRow } from "@/model/review";
import { keepsDecided } from "./queueViews";

type Queue = InfiniteData<QueuePage, string | null>;
type RowPatch = Partial<ReviewRow> & { id: string };

/** An answer that was overtaken by an event: it must not undo what is known to be newer. */
const isOlder = (patch: RowPatch, row: ReviewRow): boolean =>
  patch.version !== undefined && patch.version < row.version;

function patchPages(queue: Queue, patch: RowPatch, keepDecided: boolean): Queue {
  let touched = false;
  const pages = queue.pages.map((page) => {
    if (!page.rows.some((row) => row.id === patch.id)) return page;
    touched = true;
    const rows = page.rows
      .map((row) => (row.id === patch.id && !isOlder(patch, row) ? { ...row, ...patch } : row))
      .filter((row) => keepDecided || isOpen(row));
    return { ...page, rows };
  });
  return touched ? { ...queue, pages } : queue;
}

/** Writes what is new about an item into every list that holds it; a decided one leaves the open lists. */
export function patchRow(cache: QueryClient, patch: RowPatch): void {
  for (const [key, queue] of cache.getQueriesData<Queue>({ queryKey: ["queue"] })) {
    const filters = key[1] as { view?: string } | undefined;
    if (queue) cache.setQueryData<Queue>(key, patchPages(queue, patch, keepsDecided(filters?.view)));
  }
}

/** Claim and state of the open item. Its version and code stay: they change only when it is read again. */
export function patchDetail(cache: QueryClient, { id, version: _painted, ...patch }: RowPatch): void {
  cache.setQueryData<ReviewDetail>(queryKeys.review(id), (old) => old && { ...old, ...patch });
}

export function patchCounts(cache: QueryClient, change: (counts: ReviewCounts) => ReviewCounts): void {
  cache.setQueriesData<Queue>({ queryKey: ["queue"] }, (queue) => {
    if (!queue) return queue;
    return { ...queue, pages: queue.pages.map((page) => ({ ...page, counts: change(page.counts) })) };
  });
}

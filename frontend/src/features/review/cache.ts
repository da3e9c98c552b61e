import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import { queryKeys } from "@/api/queryKeys";
import { isOpen, type QueuePage, type ReviewCounts, type ReviewDetail, type ReviewRow } from "@/model/review";
import { keepsDecided } from "./queueViews";

type Queue = InfiniteData<QueuePage, string | null>;
export type RowPatch = Partial<ReviewRow> & { id: string };
type Versioned = { version?: number | undefined };

/** An answer that was overtaken by an event: it must not undo what is known to be newer. */
const isOlder = (patch: Versioned, known: Versioned): boolean =>
  patch.version !== undefined && known.version !== undefined && patch.version < known.version;

/** The newest of what is told about each item. */
export function mergePatches(patches: readonly RowPatch[]): ReadonlyMap<string, RowPatch> {
  const merged = new Map<string, RowPatch>();
  for (const patch of patches) {
    const known = merged.get(patch.id);
    if (!known) merged.set(patch.id, patch);
    else if (!isOlder(patch, known)) merged.set(patch.id, { ...known, ...patch });
  }
  return merged;
}

function patchPages(queue: Queue, patches: ReadonlyMap<string, RowPatch>, keepDecided: boolean): Queue {
  let touched = false;
  const pages = queue.pages.map((page) => {
    let changed = false;
    const rows: ReviewRow[] = [];
    for (const row of page.rows) {
      const patch = patches.get(row.id);
      const next = patch && !isOlder(patch, row) ? { ...row, ...patch } : row;
      if (next !== row) changed = true;
      if (next === row || keepDecided || isOpen(next)) rows.push(next);
    }
    touched ||= changed;
    return changed ? { ...page, rows } : page;
  });
  return touched ? { ...queue, pages } : queue;
}

/** Writes what is new about items into every list that holds them, in one go; a decided one leaves the open lists. */
export function patchRows(cache: QueryClient, patches: ReadonlyMap<string, RowPatch>): void {
  for (const [key, queue] of cache.getQueriesData<Queue>({ queryKey: ["queue"] })) {
    const filters = key[1] as { view?: string } | undefined;
    if (queue) cache.setQueryData<Queue>(key, patchPages(queue, patches, keepsDecided(filters?.view)));
  }
}

export const patchRow = (cache: QueryClient, patch: RowPatch): void => patchRows(cache, new Map([[patch.id, patch]]));

const STATE = ["status", "assignedTo", "claimedUntil", "decision", "reviewedAt"] as const;

/**
 * Claim and state of the open item. Its version and code stay: they change only when it is read again. What was heard of
 * a newer version is kept beside them, so that a claim that answers late does not open what is closed.
 */
export function patchDetail(cache: QueryClient, { id, version, ...patch }: RowPatch): void {
  // Only what is cached: a storm on items that nobody opened costs nothing here.
  if (cache.getQueryState(queryKeys.review(id))?.data === undefined) return;
  // A row that was read before the atom was scored again must not bring the old score back.
  const state = Object.fromEntries(STATE.flatMap((name) => (name in patch ? [[name, patch[name]]] : [])));
  cache.setQueryData<ReviewDetail>(queryKeys.review(id), (old) => {
    const heard = Math.max(old?.version ?? 0, old?.heard ?? 0);
    if (!old || isOlder({ version }, { version: heard })) return old;
    return { ...old, ...state, heard: version ?? heard };
  });
}

export function patchCounts(cache: QueryClient, change: (counts: ReviewCounts) => ReviewCounts): void {
  cache.setQueriesData<Queue>({ queryKey: ["queue"] }, (queue) => {
    if (!queue) return queue;
    return { ...queue, pages: queue.pages.map((page) => ({ ...page, counts: change(page.counts) })) };
  });
}

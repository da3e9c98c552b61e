import { useInfiniteQuery } from "@tanstack/react-query";
import { request } from "@/api/http";
import { queryKeys } from "@/api/queryKeys";
import { urls } from "@/api/urls";
import type { WirePage, WireRun } from "@/api/wire";
import { toPage } from "@/model/page";
import { isActive, toRun } from "@/model/run";

const POLL_ACTIVE_MS = 5000;

/** Newest first. The list has no socket of its own, so it looks again while something runs. */
export function useRuns(filters: { status?: string | undefined; masterplan?: string | undefined }) {
  return useInfiniteQuery({
    queryKey: queryKeys.runs(filters),
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam, signal }) => {
      const query = { ...filters, cursor: pageParam };
      return toPage(await request<WirePage<WireRun>>(urls.runs, { query, signal }), toRun);
    },
    getNextPageParam: (page) => page.next,
    refetchInterval: (query) => {
      const rows = query.state.data?.pages.flatMap((page) => page.rows) ?? [];
      return rows.some(isActive) ? POLL_ACTIVE_MS : false;
    },
  });
}

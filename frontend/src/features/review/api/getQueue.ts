import { useInfiniteQuery } from "@tanstack/react-query";
import { request } from "@/api/http";
import { queryKeys } from "@/api/queryKeys";
import { urls } from "@/api/urls";
import type { WireQueuePage } from "@/api/wire";
import { toQueuePage } from "@/model/review";

export interface QueueFilters {
  view: string;
  masterplan?: string | undefined;
  run?: string | undefined;
  q?: string | undefined;
  wave?: number | undefined;
  language?: string | undefined;
  reason?: string | undefined;
  band?: string | undefined;
  assignee?: string | undefined;
}

const PAGE = 100;

export function useQueue(filters: QueueFilters) {
  return useInfiniteQuery({
    queryKey: queryKeys.queue(filters),
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam, signal }) => {
      const query = { ...filters, cursor: pageParam, limit: PAGE };
      return toQueuePage(await request<WireQueuePage>(urls.reviewQueue, { query, signal }));
    },
    getNextPageParam: (page) => page.next,
    structuralSharing: false,
    staleTime: 30_000,
  });
}

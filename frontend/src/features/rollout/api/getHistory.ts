import { useInfiniteQuery } from "@tanstack/react-query";
import { request } from "@/api/http";
import { queryKeys } from "@/api/queryKeys";
import { urls } from "@/api/urls";
import type { WireFlagChange, WirePage } from "@/api/wire";
import { toPage } from "@/model/page";
import { toFlagChange } from "@/model/rollout";

const ROWS = 20;

export function useHistory() {
  return useInfiniteQuery({
    queryKey: queryKeys.flagHistory,
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam, signal }) => {
      const query = { limit: ROWS, cursor: pageParam };
      return toPage(await request<WirePage<WireFlagChange>>(urls.flagHistory, { query, signal }), toFlagChange);
    },
    getNextPageParam: (page) => page.next,
  });
}

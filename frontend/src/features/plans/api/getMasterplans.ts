import { useInfiniteQuery } from "@tanstack/react-query";
import { request } from "@/api/http";
import { queryKeys } from "@/api/queryKeys";
import { urls } from "@/api/urls";
import type { WireMasterplan, WirePage } from "@/api/wire";
import { toMasterplan } from "@/model/masterplan";
import { toPage } from "@/model/page";

export interface PlanFilters {
  q?: string | undefined;
  status?: string | undefined;
}

export function useMasterplans(filters: PlanFilters) {
  return useInfiniteQuery({
    queryKey: queryKeys.masterplans(filters),
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam, signal }) => {
      const query = { ...filters, cursor: pageParam };
      return toPage(await request<WirePage<WireMasterplan>>(urls.masterplans, { query, signal }), toMasterplan);
    },
    getNextPageParam: (page) => page.next,
  });
}

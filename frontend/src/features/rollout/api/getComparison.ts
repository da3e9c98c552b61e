import { useQuery } from "@tanstack/react-query";
import { request } from "@/api/http";
import { queryKeys } from "@/api/queryKeys";
import { urls } from "@/api/urls";
import type { WireComparison } from "@/api/wire";
import { toComparison } from "@/model/comparison";

export function useComparison(runId: string, enabled = true) {
  return useQuery({
    queryKey: queryKeys.comparison(runId),
    queryFn: async ({ signal }) => toComparison(await request<WireComparison>(urls.comparison(runId), { signal })),
    enabled,
    retry: false,
  });
}

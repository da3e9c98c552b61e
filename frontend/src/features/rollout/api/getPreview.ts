import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { request } from "@/api/http";
import { queryKeys } from "@/api/queryKeys";
import { urls } from "@/api/urls";
import type { WirePreview } from "@/api/wire";
import { toPreview } from "@/model/rollout";

/** How many users a percentage would move; nothing is changed. */
export function usePreview(percentage: number, enabled: boolean) {
  return useQuery({
    queryKey: queryKeys.flagPreview(percentage),
    queryFn: async ({ signal }) =>
      toPreview(await request<WirePreview>(urls.flagPreview, { query: { percentage }, signal })),
    enabled,
    placeholderData: keepPreviousData,
  });
}

import { useQuery } from "@tanstack/react-query";
import { request } from "@/api/http";
import { queryKeys } from "@/api/queryKeys";
import { urls } from "@/api/urls";
import type { WireMasterplanDetail } from "@/api/wire";
import { toMasterplanDetail } from "@/model/masterplan";

export function useMasterplan(id: string) {
  return useQuery({
    queryKey: queryKeys.masterplan(id),
    queryFn: async ({ signal }) =>
      toMasterplanDetail(await request<WireMasterplanDetail>(urls.masterplan(id), { signal })),
  });
}

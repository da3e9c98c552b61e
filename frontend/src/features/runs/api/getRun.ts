import { useQuery } from "@tanstack/react-query";
import { request } from "@/api/http";
import { queryKeys } from "@/api/queryKeys";
import { urls } from "@/api/urls";
import type { WireRunDetail } from "@/api/wire";
import { toRunDetail } from "@/model/run";

export function useRun(id: string, enabled = true) {
  return useQuery({
    queryKey: queryKeys.run(id),
    queryFn: async ({ signal }) => toRunDetail(await request<WireRunDetail>(urls.run(id), { signal })),
    enabled,
  });
}

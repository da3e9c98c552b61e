import { useQuery } from "@tanstack/react-query";
import { request } from "@/api/http";
import { queryKeys } from "@/api/queryKeys";
import { urls } from "@/api/urls";
import type { WireRunDetail } from "@/api/wire";
import { isActive, toRunDetail } from "@/model/run";

export function useRun(id: string, enabled = true) {
  return useQuery({
    queryKey: queryKeys.run(id),
    queryFn: async ({ signal }) => toRunDetail(await request<WireRunDetail>(urls.run(id), { signal })),
    enabled,
    // Events carry states and counts; who is at work and the time left are worth asking for now and then.
    refetchInterval: ({ state }) => (state.data && isActive(state.data) ? 10_000 : false),
  });
}

import { useQuery } from "@tanstack/react-query";
import { request } from "@/api/http";
import { queryKeys } from "@/api/queryKeys";
import { urls } from "@/api/urls";
import type { WireFlag } from "@/api/wire";
import { toFlag } from "@/model/rollout";

export function useFlags() {
  return useQuery({
    queryKey: queryKeys.flags,
    queryFn: async ({ signal }) => (await request<{ flags: WireFlag[] }>(urls.flags, { signal })).flags.map(toFlag),
  });
}

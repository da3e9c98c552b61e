import { useQuery } from "@tanstack/react-query";
import { request } from "@/api/http";
import { queryKeys } from "@/api/queryKeys";
import { urls } from "@/api/urls";
import type { WireRollout } from "@/api/wire";
import { toRollout } from "@/model/rollout";

const LOOK_AGAIN_MS = 15_000;

/** Changes of flags come over the socket; what the guards see grows with every run, so this looks again by itself. */
export function useRollout() {
  return useQuery({
    queryKey: queryKeys.rollout,
    queryFn: async ({ signal }) => toRollout(await request<WireRollout>(urls.rollout, { signal })),
    refetchInterval: LOOK_AGAIN_MS,
  });
}

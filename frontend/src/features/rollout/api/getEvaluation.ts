import { useQuery } from "@tanstack/react-query";
import { request } from "@/api/http";
import { queryKeys } from "@/api/queryKeys";
import { urls } from "@/api/urls";
import type { WireEvaluation } from "@/api/wire";
import { toEvaluation } from "@/model/rollout";

/** Which mode a user gets now, and why. */
export function useEvaluation(user: string) {
  return useQuery({
    queryKey: queryKeys.flagProbe(user),
    queryFn: async ({ signal }) =>
      toEvaluation(await request<WireEvaluation>(urls.flagProbe, { query: { user }, signal })),
    enabled: user !== "",
    retry: false,
  });
}

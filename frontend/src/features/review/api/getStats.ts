import { useQuery } from "@tanstack/react-query";
import { request } from "@/api/http";
import { queryKeys } from "@/api/queryKeys";
import { urls } from "@/api/urls";
import type { WireReviewStats } from "@/api/wire";

const REFRESH_MS = 60_000;

/** My median time per decision, for the tally. The counts come with the queue. */
export function useMedianSeconds(): number | null {
  const stats = useQuery({
    queryKey: queryKeys.reviewStats,
    queryFn: async ({ signal }) => (await request<WireReviewStats>(urls.reviewStats, { signal })).median_seconds,
    staleTime: REFRESH_MS,
    refetchInterval: REFRESH_MS,
  });
  return stats.data ?? null;
}

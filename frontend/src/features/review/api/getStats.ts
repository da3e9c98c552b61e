import { useQuery } from "@tanstack/react-query";
import { request } from "@/api/http";
import { queryKeys } from "@/api/queryKeys";
import { urls } from "@/api/urls";
import type { WireReviewStats } from "@/api/wire";

const REFRESH_MS = 60_000;

export interface ReviewStats {
  /** My median time per decision. */
  medianSeconds: number | null;
  /** When the last item came. */
  newestAt: string | null;
}

const UNKNOWN: ReviewStats = { medianSeconds: null, newestAt: null };

/** How reviewing goes. The counts come with the queue. */
export function useReviewStats(): ReviewStats {
  const stats = useQuery({
    queryKey: queryKeys.reviewStats,
    queryFn: async ({ signal }): Promise<ReviewStats> => {
      const wire = await request<WireReviewStats>(urls.reviewStats, { signal });
      return { medianSeconds: wire.median_seconds, newestAt: wire.newest_at };
    },
    staleTime: REFRESH_MS,
    refetchInterval: REFRESH_MS,
  });
  return stats.data ?? UNKNOWN;
}

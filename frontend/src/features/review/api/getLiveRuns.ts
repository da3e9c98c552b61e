import { useQuery } from "@tanstack/react-query";
import { request } from "@/api/http";
import { queryKeys } from "@/api/queryKeys";
import { urls } from "@/api/urls";
import type { WirePage, WireRun } from "@/api/wire";

const REFRESH_MS = 15_000;
const MOST = 50;

/** How many runs are at work and may still send items here: at most 50 are counted. Null while nobody knows. */
export function useLiveRuns(): number | null {
  const runs = useQuery({
    queryKey: queryKeys.liveRuns,
    queryFn: async ({ signal }) => {
      const query = { status: "live", limit: MOST };
      return (await request<WirePage<WireRun>>(urls.runs, { query, signal })).results.length;
    },
    refetchInterval: REFRESH_MS,
  });
  return runs.data ?? null;
}

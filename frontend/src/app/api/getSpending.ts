import { useQuery } from "@tanstack/react-query";
import { request } from "@/api/http";
import { queryKeys } from "@/api/queryKeys";
import { urls } from "@/api/urls";
import type { WireSpending } from "@/api/wire";

const REFRESH_MS = 60_000;

/** What runs have spent since midnight in USD, of one plan or of all that can be seen. */
export function useSpending(plan: string | undefined, enabled: boolean) {
  return useQuery({
    queryKey: queryKeys.spending(plan),
    queryFn: async ({ signal }) => {
      const wire = await request<WireSpending>(urls.spending, { query: { masterplan: plan }, signal });
      return { spent: wire.spent_usd, unpriced: wire.unpriced_calls, budget: wire.budget_usd };
    },
    enabled,
    staleTime: REFRESH_MS,
    refetchInterval: REFRESH_MS,
    retry: false,
  });
}

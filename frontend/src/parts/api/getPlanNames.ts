import { useQuery } from "@tanstack/react-query";
import { request } from "@/api/http";
import { queryKeys } from "@/api/queryKeys";
import { urls } from "@/api/urls";
import type { WireMasterplan, WirePage } from "@/api/wire";
import { visibleText } from "@/lib/text/visible";

/** Names of the newest plans, for a choice. */
export function usePlanNames(): { id: string; name: string }[] {
  const plans = useQuery({
    queryKey: queryKeys.planNames,
    queryFn: async ({ signal }) => {
      const page = await request<WirePage<WireMasterplan>>(urls.masterplans, { signal });
      return page.results.map((plan) => ({ id: plan.masterplan_id, name: visibleText(plan.name) }));
    },
    staleTime: 60_000,
  });
  return plans.data ?? [];
}

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { post } from "@/api/http";
import { urls } from "@/api/urls";
import type { WireEstimate } from "@/api/wire";
import { toEstimate } from "@/model/estimate";
import type { RunSettings } from "./startRun";

/** What a run with these settings may take. Asked anew when they change; nothing is sent to the model. */
export function useEstimate(planId: string, { budget, ...rest }: RunSettings) {
  return useQuery({
    queryKey: ["estimate", planId, rest, budget],
    placeholderData: keepPreviousData,
    retry: false,
    queryFn: async () =>
      toEstimate(await post<WireEstimate>(urls.estimate, { masterplan_id: planId, ...rest, budget_usd: budget })),
  });
}

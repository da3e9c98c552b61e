import { useMutation, useQuery } from "@tanstack/react-query";
import { post, request } from "@/api/http";
import { queryKeys } from "@/api/queryKeys";
import { urls } from "@/api/urls";
import type { WireBrief } from "@/api/wire";

export interface BriefInput {
  text: string;
  name: string;
  budget: number | undefined;
}

export interface Brief {
  id: string;
  status: "pending" | "running" | "completed" | "failed";
  phase: string;
  planId: string | null;
  error: { code: string; message: string } | null;
  cost: number | null;
}

const POLL_MS = 1000;

const toBrief = (wire: WireBrief): Brief => ({
  id: wire.brief_id,
  status: wire.status,
  phase: wire.phase,
  planId: wire.masterplan_id,
  error: wire.error,
  cost: wire.cost_usd,
});

export const isOver = (brief: Brief | undefined): boolean =>
  brief?.status === "completed" || brief?.status === "failed";

export function usePlanFromBrief() {
  return useMutation({
    mutationFn: async ({ text, name, budget }: BriefInput) =>
      toBrief(await post<WireBrief>(urls.masterplanBrief, { text, name, budget_usd: budget })),
  });
}

/** Follows a brief until it has ended: a row on the server, so leaving the page stops nothing. */
export function useBrief(id: string | null) {
  return useQuery({
    queryKey: queryKeys.brief(id ?? ""),
    enabled: id !== null,
    queryFn: async ({ signal }) => toBrief(await request<WireBrief>(urls.brief(id ?? ""), { signal })),
    refetchInterval: ({ state }) => (isOver(state.data) ? false : POLL_MS),
  });
}

import { useQuery } from "@tanstack/react-query";
import { request } from "@/api/http";
import { queryKeys } from "@/api/queryKeys";
import { urls } from "@/api/urls";
import type { WireAtom, WireImpact } from "@/api/wire";
import { toAtom } from "@/model/atom";
import { toImpact } from "@/model/graph";

/** The chosen atom with its edges and their reasons; the same answer as on the atom's own page. */
export function useAtom(atomId: string, run: string | undefined) {
  return useQuery({
    queryKey: queryKeys.atom(atomId, run),
    queryFn: async ({ signal }) => toAtom(await request<WireAtom>(urls.atom(atomId), { query: { run }, signal })),
  });
}

/** What a new contract of the atom would mean for others; a new body re-opens nobody. */
export function useImpact(atomId: string) {
  return useQuery({
    queryKey: queryKeys.impact(atomId),
    queryFn: async ({ signal }) =>
      toImpact(await request<WireImpact>(urls.impact(atomId), { query: { change: "contract" }, signal })),
  });
}

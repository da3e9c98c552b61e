import { useMutation, useQueryClient } from "@tanstack/react-query";
import { request } from "@/api/http";
import { queryKeys } from "@/api/queryKeys";
import { urls } from "@/api/urls";
import type { WireMasterplanDetail } from "@/api/wire";
import { toMasterplanDetail } from "@/model/masterplan";

/** Lets a team see a plan, or nobody but its owner (null). */
export function useShareMasterplan(id: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async (team: string | null) =>
      toMasterplanDetail(await request<WireMasterplanDetail>(urls.masterplan(id), { method: "PATCH", json: { team } })),
    onSuccess: (plan) => {
      cache.setQueryData(queryKeys.masterplan(id), plan);
      void cache.invalidateQueries({ queryKey: ["masterplans"] });
    },
  });
}

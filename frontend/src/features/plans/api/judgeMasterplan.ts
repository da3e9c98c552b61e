import { useMutation, useQueryClient } from "@tanstack/react-query";
import { post } from "@/api/http";
import { queryKeys } from "@/api/queryKeys";
import { urls } from "@/api/urls";
import type { WireMasterplan } from "@/api/wire";
import { toMasterplan } from "@/model/masterplan";

/** Approves or rejects a plan that is still a draft. */
export function useJudgeMasterplan(id: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async (verdict: "approve" | "reject") => {
      const url = verdict === "approve" ? urls.masterplanApprove(id) : urls.masterplanReject(id);
      return toMasterplan(await post<WireMasterplan>(url));
    },
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: queryKeys.masterplan(id) });
      await cache.invalidateQueries({ queryKey: ["masterplans"] });
    },
  });
}

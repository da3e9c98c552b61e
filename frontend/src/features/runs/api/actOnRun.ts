import { useMutation, useQueryClient } from "@tanstack/react-query";
import { post } from "@/api/http";
import { queryKeys } from "@/api/queryKeys";
import { urls } from "@/api/urls";
import type { WireRun } from "@/api/wire";
import { type RunDetail, toRun } from "@/model/run";

export type RunAction = { action: "pause" | "resume" | "cancel" | "retry" } | { action: "budget"; addUsd: number };

export function useActOnRun(runId: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async (input: RunAction) => {
      const body = input.action === "budget" ? { add_usd: input.addUsd } : {};
      const url = input.action === "retry" ? urls.runRetryFailed(runId) : urls.runAction(runId, input.action);
      // What only a whole run knows (time left, who is at work) stays until it is read again.
      const { etaSeconds: _unknown, ...run } = toRun(await post<WireRun>(url, body));
      return run;
    },
    onSuccess: (run) => {
      cache.setQueryData<RunDetail>(queryKeys.run(runId), (old) => old && { ...old, ...run });
    },
  });
}

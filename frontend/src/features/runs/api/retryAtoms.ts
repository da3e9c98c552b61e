import { useMutation, useQueryClient } from "@tanstack/react-query";
import { post } from "@/api/http";
import { queryKeys } from "@/api/queryKeys";
import { urls } from "@/api/urls";

/** Another attempt at each of these atoms; the first refusal ends it, and what was accepted before stays accepted. */
export function useRetryAtoms(runId: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async (atomIds: readonly string[]) => {
      for (const atomId of atomIds) await post(urls.atomRetry(atomId), { run_id: runId });
    },
    onSettled: () => {
      void cache.invalidateQueries({ queryKey: queryKeys.run(runId) });
      void cache.invalidateQueries({ queryKey: queryKeys.runAtoms(runId) });
    },
  });
}

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { post } from "@/api/http";
import { urls } from "@/api/urls";
import type { WireRun } from "@/api/wire";
import { toRun } from "@/model/run";

/** What is undefined is left to the server: the mode then comes from the feature flags. */
export interface RunSettings {
  mode?: string | undefined;
  policy?: string | undefined;
  concurrency?: number | undefined;
  budget?: number | undefined;
  ordering?: string | undefined;
  barrier?: boolean | undefined;
  /** The model writes tests for files that came without any. */
  write_tests?: boolean | undefined;
  /** The MVP runs and ships; V2 runs on the same plan afterwards, to be compared. */
  shadow?: boolean | undefined;
}

export function useStartRun(planId: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async ({ budget, ...rest }: RunSettings) =>
      toRun(await post<WireRun>(urls.masterplanExecute(planId), { ...rest, budget_usd: budget })),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: ["runs"] });
      await cache.invalidateQueries({ queryKey: ["masterplans"] });
    },
  });
}

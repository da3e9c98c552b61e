import type { QueryClient } from "@tanstack/react-query";
import { queryKeys } from "@/api/queryKeys";

/** Everything that a change of a flag may alter; changes are rare, so reading anew is cheaper than patching. */
export async function refreshRollout(cache: QueryClient): Promise<void> {
  const keys = [
    queryKeys.rollout,
    queryKeys.flags,
    queryKeys.flagHistory,
    queryKeys.health,
    ["flag-probe"],
    ["flag-preview"],
  ];
  await Promise.all(keys.map((queryKey) => cache.invalidateQueries({ queryKey })));
}

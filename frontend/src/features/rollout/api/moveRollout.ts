import { useMutation, useQueryClient } from "@tanstack/react-query";
import { post } from "@/api/http";
import { urls } from "@/api/urls";
import { refreshRollout } from "../refresh";

export type Move = "advance" | "rollback" | "kill" | "release";

/** One step of the rollout. `kill` is the rollback that leaves nobody on V2. */
export function useMoveRollout() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ move, reason }: { move: Move; reason: string }) =>
      move === "kill"
        ? post(urls.rolloutMove("rollback"), { now: true, reason })
        : post(urls.rolloutMove(move), { reason }),
    onSettled: () => refreshRollout(cache),
  });
}

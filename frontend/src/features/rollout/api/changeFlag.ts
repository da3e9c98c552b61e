import { useMutation, useQueryClient } from "@tanstack/react-query";
import { request } from "@/api/http";
import { urls } from "@/api/urls";
import type { Flag } from "@/model/rollout";
import { refreshRollout } from "../refresh";

export interface FlagFields {
  enabled?: boolean;
  percentage?: number;
  whitelist?: string[];
  blacklist?: string[];
  active?: boolean;
}

/** Changes one flag as it was read; where somebody else was faster the server answers 409 and nothing changes. */
export function useChangeFlag() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ flag, fields, reason }: { flag: Flag; fields: FlagFields; reason: string }) =>
      request(urls.flag(flag.name), { method: "PATCH", json: { ...fields, reason, version: flag.version } }),
    onSettled: () => refreshRollout(cache),
  });
}

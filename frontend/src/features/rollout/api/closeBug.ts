import { useMutation, useQueryClient } from "@tanstack/react-query";
import { post } from "@/api/http";
import { urls } from "@/api/urls";
import { refreshRollout } from "../refresh";

export function useCloseBug() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ bugId, resolution }: { bugId: number; resolution: string }) =>
      post(urls.rolloutBugClose(bugId), { resolution }),
    onSettled: () => refreshRollout(cache),
  });
}

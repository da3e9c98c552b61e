import { useMutation, useQueryClient } from "@tanstack/react-query";
import { request } from "@/api/http";
import { queryKeys } from "@/api/queryKeys";
import { urls } from "@/api/urls";

export function useSignOut() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => request<null>(urls.session, { method: "DELETE" }),
    onSuccess: () => {
      cache.clear();
      cache.setQueryData(queryKeys.session, null);
    },
  });
}

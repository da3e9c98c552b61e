import { useMutation, useQueryClient } from "@tanstack/react-query";
import { request } from "@/api/http";
import { urls } from "@/api/urls";
import { replaceUser } from "./replaceUser";

export function useSignOut() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => request<null>(urls.session, { method: "DELETE" }),
    onSuccess: () => replaceUser(cache, null),
  });
}

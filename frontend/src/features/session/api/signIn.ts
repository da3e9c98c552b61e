import { useMutation, useQueryClient } from "@tanstack/react-query";
import { post } from "@/api/http";
import { queryKeys } from "@/api/queryKeys";
import { urls } from "@/api/urls";
import type { WireSession } from "@/api/wire";
import { readSession } from "./getSession";

export interface Credentials {
  username: string;
  password: string;
}

export function useSignIn() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async (credentials: Credentials) => readSession(await post<WireSession>(urls.session, credentials)),
    onSuccess: (user) => {
      cache.clear(); // nothing that another account could see stays
      cache.setQueryData(queryKeys.session, user);
    },
  });
}

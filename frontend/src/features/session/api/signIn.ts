import { useMutation, useQueryClient } from "@tanstack/react-query";
import { post } from "@/api/http";
import { urls } from "@/api/urls";
import type { WireSession } from "@/api/wire";
import { readSession } from "./getSession";
import { replaceUser } from "./replaceUser";

export interface Credentials {
  username: string;
  password: string;
}

export function useSignIn() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async (credentials: Credentials) => readSession(await post<WireSession>(urls.session, credentials)),
    onSuccess: (user) => replaceUser(cache, user),
  });
}

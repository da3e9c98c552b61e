import { queryOptions, useQuery } from "@tanstack/react-query";
import { rememberCsrf, request } from "@/api/http";
import { queryKeys } from "@/api/queryKeys";
import { urls } from "@/api/urls";
import type { WireSession } from "@/api/wire";
import { toUser, type User } from "@/model/session";

export function readSession(wire: WireSession): User | null {
  rememberCsrf(wire.csrf_token);
  return toUser(wire);
}

export const sessionQuery = queryOptions({
  queryKey: queryKeys.session,
  queryFn: async ({ signal }): Promise<User | null> =>
    readSession(await request<WireSession>(urls.session, { signal })),
  staleTime: 5 * 60_000,
});

export const useSession = () => useQuery(sessionQuery);

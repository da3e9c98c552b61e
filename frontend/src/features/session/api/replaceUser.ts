import type { QueryClient } from "@tanstack/react-query";
import { queryKeys } from "@/api/queryKeys";
import type { User } from "@/model/session";

/** Another account, or none: nothing that the last one could see stays. Pages in view hear of it at once. */
export function replaceUser(cache: QueryClient, user: User | null): void {
  cache.setQueryData(queryKeys.session, user);
  cache.removeQueries({ predicate: (query) => query.queryKey[0] !== queryKeys.session[0] });
}

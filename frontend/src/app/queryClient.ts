import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { ApiError, asApiError } from "@/api/errors";
import { queryKeys } from "@/api/queryKeys";

const RETRIES = 2;

/** Answers of the server are final; only a missing answer is worth asking again. */
const retry = (count: number, error: Error): boolean => {
  const { status } = asApiError(error);
  return count < RETRIES && (status === 0 || status >= 500);
};

export function makeQueryClient(): QueryClient {
  const onError = (error: Error) => {
    // The session has ended: the shell looks again and leads to the sign-in page.
    if (error instanceof ApiError && error.status === 401)
      void client.invalidateQueries({ queryKey: queryKeys.session });
  };
  const client = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: { queries: { retry, staleTime: 10_000, refetchOnWindowFocus: false } },
  });
  return client;
}

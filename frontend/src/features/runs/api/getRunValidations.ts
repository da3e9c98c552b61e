import { useInfiniteQuery } from "@tanstack/react-query";
import { request } from "@/api/http";
import { queryKeys } from "@/api/queryKeys";
import { urls } from "@/api/urls";
import type { WirePage, WireValidation } from "@/api/wire";
import { toPage } from "@/model/page";
import { toValidation } from "@/model/validation";

/** The rows of one level, a page at a time, failures first; of one status where it is given. */
export function useRunValidations(runId: string, level: number, status: string | null) {
  return useInfiniteQuery({
    queryKey: queryKeys.runValidations(runId, level, status),
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam, signal }) => {
      const query = { level, status, cursor: pageParam, limit: 50 };
      return toPage(
        await request<WirePage<WireValidation>>(urls.runValidations(runId), { query, signal }),
        toValidation,
      );
    },
    getNextPageParam: (page) => page.next,
  });
}

import { useQuery } from "@tanstack/react-query";
import { request } from "@/api/http";
import { queryKeys } from "@/api/queryKeys";
import { urls } from "@/api/urls";
import type { WirePage, WireValidation } from "@/api/wire";
import { toPage } from "@/model/page";
import { toValidation } from "@/model/validation";

/** First page of one level's rows; the server lists failures first or not, the page sorts them so. */
export function useRunValidations(runId: string, level: number) {
  return useQuery({
    queryKey: queryKeys.runValidations(runId, level),
    queryFn: async ({ signal }) => {
      const query = { level, limit: 100 };
      return toPage(
        await request<WirePage<WireValidation>>(urls.runValidations(runId), { query, signal }),
        toValidation,
      );
    },
  });
}

import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { request } from "@/api/http";
import { queryKeys } from "@/api/queryKeys";
import { urls } from "@/api/urls";
import type { WireReviewDetail } from "@/api/wire";
import { type ReviewDetail, toReviewDetail } from "@/model/review";

const FRESH_MS = 5 * 60_000;

export const fetchReview = async (id: string, signal: AbortSignal): Promise<ReviewDetail> =>
  toReviewDetail(await request<WireReviewDetail>(urls.review(id), { signal }));

/** Kept long: the live layer patches it, and a decision on something outdated is refused by its version. */
export const reviewQuery = (id: string) =>
  queryOptions({
    queryKey: queryKeys.review(id),
    queryFn: ({ signal }) => fetchReview(id, signal),
    staleTime: FRESH_MS,
  });

/** While the next item loads the previous one stays, as placeholder: it must not be decided. */
export function useReview(id: string | null) {
  return useQuery({ ...reviewQuery(id ?? ""), enabled: id !== null, placeholderData: keepPreviousData });
}

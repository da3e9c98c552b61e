import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { post, request } from "@/api/http";
import { queryKeys } from "@/api/queryKeys";
import { urls } from "@/api/urls";
import type { WireHelp } from "@/api/wire";
import { type Help, toHelp } from "@/model/review";

const LOOK_MS = 700;

export const isSearching = (help: Help): boolean => help.state === "waiting" || help.state === "running";

/**
 * The assistant's search for an item. While it is under way the server is asked how far it is; when it has ended, the
 * item is read again, for its suggestions hold what was found. `live` false: what the item said stands.
 */
export function useHelp(reviewId: string, known: Help, live: boolean, onEnded: () => void) {
  const cache = useQueryClient();
  const key = queryKeys.reviewHelp(reviewId);
  const help = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => toHelp(await request<WireHelp>(urls.reviewHelp(reviewId), { signal })),
    enabled: live,
    initialData: known,
    initialDataUpdatedAt: 0,
    refetchInterval: (query) => (query.state.data && isSearching(query.state.data) ? LOOK_MS : false),
    retry: false,
  });
  const ask = useMutation({
    mutationFn: async (withModel: boolean) =>
      toHelp(await post<WireHelp>(urls.reviewHelp(reviewId), { with_model: withModel })),
    onSuccess: (answer) => cache.setQueryData(key, answer),
  });
  const searching = isSearching(help.data);
  const was = useRef(searching);
  const ended = useRef(onEnded);
  useEffect(() => {
    ended.current = onEnded;
  });
  useEffect(() => {
    if (was.current && !searching) {
      ended.current();
      void cache.invalidateQueries({ queryKey: queryKeys.review(reviewId) });
    }
    was.current = searching;
  }, [searching, cache, reviewId]);
  return { help: help.data, searching, ask };
}

import { useQuery } from "@tanstack/react-query";
import { request } from "@/api/http";
import { queryKeys } from "@/api/queryKeys";
import { urls } from "@/api/urls";
import type { WireAtom } from "@/api/wire";
import { toAtom } from "@/model/atom";

export function useAtom(atomId: string, run: string | undefined) {
  return useQuery({
    queryKey: queryKeys.atom(atomId, run),
    queryFn: async ({ signal }) => toAtom(await request<WireAtom>(urls.atom(atomId), { query: { run }, signal })),
  });
}

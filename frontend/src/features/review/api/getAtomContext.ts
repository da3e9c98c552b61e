import { useQuery } from "@tanstack/react-query";
import { request } from "@/api/http";
import { queryKeys } from "@/api/queryKeys";
import { urls } from "@/api/urls";
import type { WireAtom } from "@/api/wire";
import { toAtom } from "@/model/atom";

/** The atom behind an item, read only when somebody looks at its context; shared with the atom's own page. */
export function useAtomContext(atomId: string, run: string) {
  return useQuery({
    queryKey: queryKeys.atom(atomId, run),
    queryFn: async ({ signal }) => toAtom(await request<WireAtom>(urls.atom(atomId), { query: { run }, signal })),
  });
}

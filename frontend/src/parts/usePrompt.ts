import { useQuery } from "@tanstack/react-query";
import { request } from "@/api/http";
import { queryKeys } from "@/api/queryKeys";
import { urls } from "@/api/urls";
import type { WirePrompt } from "@/api/wire";

/** What the model was sent for an attempt, the shared parts first; read only when somebody opens it. */
export function usePrompt(atomId: string, run: string, attempt: number, wanted: boolean) {
  return useQuery({
    queryKey: queryKeys.prompt(atomId, run, attempt),
    queryFn: async ({ signal }) => {
      const { system, prompt } = await request<WirePrompt>(urls.prompt(atomId, attempt), { query: { run }, signal });
      return [...system, prompt];
    },
    enabled: wanted,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

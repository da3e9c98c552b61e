import { useQuery } from "@tanstack/react-query";
import { request } from "@/api/http";
import { queryKeys } from "@/api/queryKeys";
import { urls } from "@/api/urls";
import type { WireMasterplanDetail, WirePage, WireRunAtom, WireRunDetail } from "@/api/wire";
import { toMasterplanDetail } from "@/model/masterplan";
import { toPage } from "@/model/page";
import { type RunAtom, toRunAtom, toRunDetail } from "@/model/run";

const PAGE = 500;
const MOST = 5000;

/** The newest run of a plan; null while there is none. */
export function useNewestRun(planId: string | undefined) {
  const plan = useQuery({
    queryKey: queryKeys.masterplan(planId ?? ""),
    queryFn: async ({ signal }) =>
      toMasterplanDetail(await request<WireMasterplanDetail>(urls.masterplan(planId ?? ""), { signal })),
    enabled: planId !== undefined,
  });
  return plan.data?.latestRun ?? null;
}

export function useRunSnapshot(runId: string | undefined) {
  return useQuery({
    queryKey: queryKeys.run(runId ?? ""),
    queryFn: async ({ signal }) => toRunDetail(await request<WireRunDetail>(urls.run(runId ?? ""), { signal })),
    enabled: runId !== undefined,
  });
}

export interface RunAtoms {
  atoms: RunAtom[];
  complete: boolean;
}

/** The states of all atoms of a run, under the same name in the cache as on the run's page. */
export function useRunAtoms(runId: string | undefined) {
  return useQuery({
    queryKey: queryKeys.runAtoms(runId ?? ""),
    queryFn: ({ signal }) => fetchAll(runId ?? "", signal),
    structuralSharing: false,
    enabled: runId !== undefined,
  });
}

async function fetchAll(runId: string, signal: AbortSignal): Promise<RunAtoms> {
  const atoms: RunAtom[] = [];
  let cursor: string | null = null;
  do {
    const query = { limit: PAGE, cursor };
    const wire: WirePage<WireRunAtom> = await request(urls.runAtoms(runId), { query, signal });
    const page = toPage(wire, toRunAtom);
    atoms.push(...page.rows);
    cursor = page.next;
  } while (cursor !== null && atoms.length < MOST);
  return { atoms, complete: cursor === null };
}

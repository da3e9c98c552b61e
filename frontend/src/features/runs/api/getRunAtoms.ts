import { useQuery } from "@tanstack/react-query";
import { request } from "@/api/http";
import { queryKeys } from "@/api/queryKeys";
import { urls } from "@/api/urls";
import type { WirePage, WireRunAtom } from "@/api/wire";
import { toPage } from "@/model/page";
import { type RunAtom, toRunAtom } from "@/model/run";

const PAGE = 500;
const MOST = 5000;

export interface RunAtoms {
  atoms: RunAtom[];
  /** False when the run has more atoms than the page shows. */
  complete: boolean;
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

/** All atoms of a run: the wave strip shows each in a fixed place, so a page at a time is of no use. */
export function useRunAtoms(runId: string) {
  return useQuery({
    queryKey: queryKeys.runAtoms(runId),
    queryFn: ({ signal }) => fetchAll(runId, signal),
    structuralSharing: false,
  });
}

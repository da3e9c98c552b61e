import { useQuery } from "@tanstack/react-query";
import { request } from "@/api/http";
import { queryKeys } from "@/api/queryKeys";
import { urls } from "@/api/urls";
import type { WireHealth } from "@/api/wire";
import { toHealth } from "@/model/session";
import { Tag } from "@/ui/Status";

const REFRESH_MS = 60_000;
const LABELS: Record<string, string> = { mvp: "MVP", v2_atoms: "V2", hybrid: "HYBRID" };

/** Which mode a run would take, and whether the installation is whole. */
export function ModeBadge() {
  const health = useQuery({
    queryKey: queryKeys.health,
    queryFn: async ({ signal }) => toHealth(await request<WireHealth>(urls.health, { signal })),
    staleTime: REFRESH_MS,
    refetchInterval: REFRESH_MS,
    retry: false,
  });
  if (!health.data) return null;
  const { mode, v2Percentage, degraded } = health.data;
  const share = mode !== "v2_atoms" && v2Percentage > 0 ? `, V2 for ${v2Percentage} %` : "";
  return (
    <span className="mode" title={`Mode of new runs${share}`}>
      <Tag tone="info">{LABELS[mode] ?? mode}</Tag>
      {degraded && <Tag tone="warn">degraded</Tag>}
    </span>
  );
}

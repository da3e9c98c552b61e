import { modeLabel } from "@/lib/format";
import { Tag } from "@/ui/Status";
import { useHealth } from "../api/getHealth";

/** Which mode a run would take, and whether the installation is whole. */
export function ModeBadge() {
  const health = useHealth();
  if (!health.data) return null;
  const { mode, v2Percentage, degraded } = health.data;
  const share = mode !== "v2_atoms" && v2Percentage > 0 ? `, V2 for ${v2Percentage} %` : "";
  return (
    <span className="mode" title={`Mode of new runs${share}`}>
      <Tag tone="info">{modeLabel(mode)}</Tag>
      {degraded && <Tag tone="warn">degraded</Tag>}
    </span>
  );
}

import { post } from "@/api/http";
import { urls } from "@/api/urls";
import type { WireDryRun } from "@/api/wire";
import { type Check, toCheck } from "@/model/validation";

/** What saving an edit would set off elsewhere. */
export interface EditImpact {
  contractChanged: boolean;
  /** Atoms whose checks run again. */
  revalidate: number;
  /** Atoms written against a contract that is gone, opened again. */
  reopen: number;
  /** Expected price in USD, null where it cannot be known; the reason says why. */
  cost: number | null;
  costReason: string;
}

export interface EditCheck {
  checks: Check[];
  passed: boolean;
  impact: EditImpact | null;
}

/** The answer of a server that tells the impact; an older one leaves it out. */
interface WireImpact {
  impact?: {
    contract_changed: boolean;
    revalidate: number;
    reopen: number;
    cost_usd: number | null;
    cost_reason: string;
  } | null;
}

/** Validates an edit and saves nothing. */
export async function checkEdit(reviewId: string, version: number, code: string): Promise<EditCheck> {
  const body = { review_id: reviewId, version, code, dry_run: true };
  const { checks, passed, impact } = await post<WireDryRun & WireImpact>(urls.reviewAction("edit"), body);
  return {
    checks: checks.map(toCheck),
    passed,
    impact: impact
      ? {
          contractChanged: impact.contract_changed,
          revalidate: impact.revalidate,
          reopen: impact.reopen,
          cost: impact.cost_usd,
          costReason: impact.cost_reason,
        }
      : null,
  };
}

/** The checks that an `edit_failed` error carries. */
export function checksOf(data: unknown): Check[] {
  const checks = (data as { checks?: unknown } | null)?.checks;
  return Array.isArray(checks) ? (checks as WireDryRun["checks"]).map(toCheck) : [];
}

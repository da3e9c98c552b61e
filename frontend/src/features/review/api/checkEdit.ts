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

/** Whether atoms rely on a contract that the edit changes. */
export const touchesOthers = ({ contractChanged, revalidate, reopen }: EditImpact): boolean =>
  contractChanged && revalidate + reopen > 0;

export interface EditCheck {
  checks: Check[];
  passed: boolean;
  impact: EditImpact;
}

/** Validates an edit and saves nothing. */
export async function checkEdit(reviewId: string, code: string): Promise<EditCheck> {
  const body = { review_id: reviewId, code };
  const { checks, passed, impact } = await post<WireDryRun>(urls.reviewAction("check"), body);
  return {
    checks: checks.map(toCheck),
    passed,
    impact: {
      contractChanged: impact.contract_changed,
      revalidate: impact.revalidate,
      reopen: impact.reopen,
      cost: impact.cost_usd,
      costReason: impact.cost_reason,
    },
  };
}

/** The checks that an `edit_failed` error carries. */
export function checksOf(data: unknown): Check[] {
  const checks = (data as { checks?: unknown } | null)?.checks;
  return Array.isArray(checks) ? (checks as WireDryRun["checks"]).map(toCheck) : [];
}

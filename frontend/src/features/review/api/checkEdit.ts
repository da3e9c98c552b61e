import { post } from "@/api/http";
import { urls } from "@/api/urls";
import type { WireCheck } from "@/api/wire";
import { type Check, toCheck } from "@/model/validation";

export interface EditCheck {
  checks: Check[];
  passed: boolean;
}

/** Validates an edit and saves nothing. */
export async function checkEdit(reviewId: string, version: number, code: string): Promise<EditCheck> {
  const body = { review_id: reviewId, version, code, dry_run: true };
  const wire = await post<{ checks: WireCheck[]; passed: boolean }>(urls.reviewAction("edit"), body);
  return { checks: wire.checks.map(toCheck), passed: wire.passed };
}

/** The checks that an `edit_failed` error carries. */
export function checksOf(data: unknown): Check[] {
  const checks = (data as { checks?: unknown } | null)?.checks;
  return Array.isArray(checks) ? (checks as WireCheck[]).map(toCheck) : [];
}

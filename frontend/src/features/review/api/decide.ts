import { post } from "@/api/http";
import { urls } from "@/api/urls";
import type { WireDecisionAnswer } from "@/api/wire";
import { type DecisionAnswer, toDecisionAnswer } from "@/model/review";

export type DecisionKind = "approve" | "edit" | "reject" | "regenerate";

/** A decision on exactly what was painted: the item and its version. The key makes a repeat harmless. */
export interface Decision {
  kind: DecisionKind;
  reviewId: string;
  version: number;
  activeMs: number;
  idempotencyKey: string;
  feedback?: string | undefined;
  reasonCode?: string | undefined;
  code?: string | undefined;
  overrideReason?: string | undefined;
}

export async function decide(decision: Decision): Promise<DecisionAnswer> {
  const body = {
    review_id: decision.reviewId,
    version: decision.version,
    active_ms: decision.activeMs,
    idempotency_key: decision.idempotencyKey,
    feedback: decision.feedback || undefined,
    reason_code: decision.reasonCode,
    code: decision.code,
    override_reason: decision.overrideReason || undefined,
  };
  return toDecisionAnswer(await post<WireDecisionAnswer>(urls.reviewAction(decision.kind), body));
}

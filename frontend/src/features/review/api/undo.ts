import { post } from "@/api/http";
import { urls } from "@/api/urls";
import type { WireDecisionAnswer } from "@/api/wire";
import { type DecisionAnswer, toDecisionAnswer } from "@/model/review";

/** Takes my last decision on an item back. Refused with 409 `too_late` once something was built on it. */
export async function undo(reviewId: string, idempotencyKey: string): Promise<DecisionAnswer> {
  const body = { review_id: reviewId, idempotency_key: idempotencyKey };
  return toDecisionAnswer(await post<WireDecisionAnswer>(urls.reviewAction("undo"), body));
}

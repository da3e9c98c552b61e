import { post } from "@/api/http";
import { urls } from "@/api/urls";
import type { WireReviewRow } from "@/api/wire";
import { type ReviewRow, toReviewRow } from "@/model/review";

/** Takes an item, or renews the claim of its holder. Refused with 409 `claimed` while another holds it. */
export async function claim(reviewId: string): Promise<ReviewRow> {
  return toReviewRow(await post<WireReviewRow>(urls.reviewAction("claim"), { review_id: reviewId }));
}

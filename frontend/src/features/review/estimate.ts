import { money } from "@/lib/format";
import type { ReviewDetail } from "@/model/review";

/** What one more attempt is likely to cost: the mean of those whose price is known. Empty where none is. */
export function estimateOf(detail: ReviewDetail): string {
  // Attempt 0 is the draft itself: nobody was asked, and nothing paid.
  const paid = detail.attempts.flatMap((row) => (row.cost === null || row.number === 0 ? [] : [row.cost]));
  if (paid.length === 0) return "";
  return `est. ${money(paid.reduce((sum, cost) => sum + cost, 0) / paid.length)}`;
}

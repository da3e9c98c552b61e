import { post } from "@/api/http";
import { urls } from "@/api/urls";

/** Moves an item to the end of my own queue and frees it for others. */
export const skip = (reviewId: string): Promise<unknown> => post(urls.reviewAction("skip"), { review_id: reviewId });

import { request } from "@/api/http";
import { urls } from "@/api/urls";

/** Gives an item back. Said by a page that is being closed too. */
export const release = (reviewId: string): Promise<unknown> =>
  request(urls.reviewAction("release"), { method: "POST", json: { review_id: reviewId }, keepalive: true });

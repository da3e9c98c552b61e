import { post } from "@/api/http";
import { urls } from "@/api/urls";

export const release = (reviewId: string): Promise<unknown> =>
  post(urls.reviewAction("release"), { review_id: reviewId });

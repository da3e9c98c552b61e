import { isQueueView, type QueueView } from "./queueViews";

/** Filters of the queue as they stand in the address. */
export interface ReviewSearch {
  view?: QueueView | undefined;
  masterplan?: string | undefined;
  run?: string | undefined;
  q?: string | undefined;
}

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

export function parseReviewSearch(raw: Record<string, unknown>): ReviewSearch {
  return {
    view: isQueueView(raw.view) ? raw.view : undefined,
    masterplan: text(raw.masterplan),
    run: text(raw.run),
    q: text(raw.q),
  };
}

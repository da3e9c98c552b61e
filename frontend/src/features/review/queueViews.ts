/** Sections of the queue, in the words of the API. */
export const QUEUE_VIEWS = [
  ["needs_me", "Needs me"],
  ["pending", "All open"],
  ["failed", "Failed"],
  ["sent_back", "Sent back"],
  ["regenerating", "Regenerating"],
  ["today", "Done today"],
  ["mine", "Mine"],
  ["done", "All done"],
] as const;

export type QueueView = (typeof QUEUE_VIEWS)[number][0];

export const isQueueView = (value: unknown): value is QueueView => QUEUE_VIEWS.some(([id]) => id === value);

/** Views in which an item stays once it is decided. */
const KEEP_DECIDED = new Set<unknown>(["regenerating", "today", "mine", "done"] satisfies QueueView[]);
export const keepsDecided = (view: unknown): boolean => KEEP_DECIDED.has(view);

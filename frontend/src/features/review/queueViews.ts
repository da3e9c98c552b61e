/** Sections of the queue, in the words of the API. */
export const QUEUE_VIEWS = [
  ["needs_me", "Needs me"],
  ["pending", "All open"],
  ["failed", "Failed"],
  ["mine", "Mine"],
  ["done", "Done"],
] as const;

export type QueueView = (typeof QUEUE_VIEWS)[number][0];

export const isQueueView = (value: unknown): value is QueueView => QUEUE_VIEWS.some(([id]) => id === value);

import { isQueueView, type QueueView } from "./queueViews";

/** Confidence below 0.5, below 0.8, and the rest. */
export const BANDS = ["low", "middle", "high"] as const;
export type Band = (typeof BANDS)[number];

/** Filters of the queue as they stand in the address. */
export interface ReviewSearch {
  view?: QueueView | undefined;
  masterplan?: string | undefined;
  run?: string | undefined;
  q?: string | undefined;
  wave?: number | undefined;
  language?: string | undefined;
  reason?: string | undefined;
  band?: Band | undefined;
  assignee?: string | undefined;
}

const text = (value: unknown): string | undefined => {
  // A filter of digits comes out of the address as a number.
  const words = typeof value === "number" ? String(value) : value;
  return typeof words === "string" && words !== "" ? words : undefined;
};

export function parseReviewSearch(raw: Record<string, unknown>): ReviewSearch {
  const wave = Number(raw.wave ?? Number.NaN);
  return {
    view: isQueueView(raw.view) ? raw.view : undefined,
    masterplan: text(raw.masterplan),
    run: text(raw.run),
    q: text(raw.q),
    wave: Number.isInteger(wave) && wave >= 0 ? wave : undefined,
    language: text(raw.language),
    reason: text(raw.reason),
    band: BANDS.find((band) => band === raw.band),
    assignee: text(raw.assignee),
  };
}

/** What is narrowed beside view and words, by name. */
export const NARROWING = ["masterplan", "run", "wave", "language", "reason", "band", "assignee"] as const;

export const narrowings = (search: ReviewSearch): number =>
  NARROWING.filter((name) => search[name] !== undefined).length;

export const isFiltered = (search: ReviewSearch): boolean => search.q !== undefined || narrowings(search) > 0;

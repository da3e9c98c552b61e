/** Edits that were begun and not saved, kept for the visit. Not in storage: code stays out of the browser's disk. */
const drafts = new Map<string, string>();

export const draftOf = (reviewId: string): string | undefined => drafts.get(reviewId);
export const keepDraft = (reviewId: string, text: string): void => {
  drafts.set(reviewId, text);
};
export const forgetDraft = (reviewId: string): void => {
  drafts.delete(reviewId);
};

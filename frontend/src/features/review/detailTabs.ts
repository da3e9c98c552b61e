export const DETAIL_TABS = ["tests", "context", "errors", "history", "dependents"] as const;
export type DetailTab = (typeof DETAIL_TABS)[number];

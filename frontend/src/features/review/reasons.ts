/** Why a proposal is rejected; the digit beside it picks it. */
export const REASONS = [
  ["wrong_logic", "Wrong logic"],
  ["wrong_api", "Wrong API"],
  ["types", "Types"],
  ["tests", "Tests"],
  ["style", "Style"],
  ["other", "Other"],
] as const;

export type ReasonCode = (typeof REASONS)[number][0];

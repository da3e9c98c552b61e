/** Choices of the start form, in the words of the API; the empty value leaves the choice to the server. */
export const MODES = [
  ["", "As routed by the flags"],
  ["v2_atoms", "V2: atoms, waves, review"],
  ["hybrid", "Hybrid"],
  ["mvp", "MVP: tasks in order"],
] as const;

export const POLICIES = [
  ["repair", "Repair: only what fails"],
  ["regenerate", "Regenerate everything"],
] as const;

export const ORDERINGS = [
  ["", "Default"],
  ["interface", "Interface: wide waves"],
  ["strict", "Strict: every edge orders"],
] as const;

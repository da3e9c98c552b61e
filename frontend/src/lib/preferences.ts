import { stored } from "./stored";

const ON_OFF = ["on", "off"] as const;
const MODES = ["unified", "split"] as const;
export type DiffMode = (typeof MODES)[number];

/** Choices of a person that more than one part of the console reads. */
export const diffMode = stored<DiffMode>("mge.diff.mode", "unified", MODES);
export const autoAdvance = stored<(typeof ON_OFF)[number]>("mge.review.advance", "on", ON_OFF);

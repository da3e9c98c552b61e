import type { RunAtom } from "@/model/run";

/** What the table of a run's atoms is narrowed to, as it stands in the address. */
export interface AtomSearch {
  find?: string | undefined;
  state?: string | undefined;
  /** How many attempts it took; 0 is a draft that was kept. */
  attempts?: number | undefined;
}

const text = (value: unknown): string | undefined => {
  // Digits come out of the address as a number.
  const words = typeof value === "number" ? String(value) : value;
  return typeof words === "string" && words !== "" ? words : undefined;
};

export function parseAtomSearch(raw: Record<string, unknown>): AtomSearch {
  const attempts = Number(raw.attempts ?? Number.NaN);
  return {
    find: text(raw.find),
    state: text(raw.state),
    attempts: Number.isInteger(attempts) && attempts >= 0 ? attempts : undefined,
  };
}

export function matches(atom: RunAtom, { find, state, attempts }: AtomSearch): boolean {
  if (state !== undefined && atom.status !== state) return false;
  if (attempts !== undefined && atom.attempts !== attempts) return false;
  return find === undefined || `${atom.path} ${atom.symbol}`.toLowerCase().includes(find.toLowerCase());
}

import type { WireFrame } from "@/api/wire";

export interface LiveFrame {
  id: number | null;
  type: string;
  at: string | null;
  runId: string | null;
  data: Record<string, unknown>;
}

/** A frame as sent, or null for what is not one: the socket is a boundary like any other. */
export function toFrame(raw: unknown): LiveFrame | null {
  if (typeof raw !== "object" || raw === null) return null;
  const wire = raw as Partial<WireFrame>;
  if (typeof wire.type !== "string") return null;
  return {
    id: typeof wire.id === "number" ? wire.id : null,
    type: wire.type,
    at: wire.at ?? null,
    runId: wire.run_id ?? null,
    data: typeof wire.data === "object" && wire.data !== null ? wire.data : {},
  };
}

/** The frames in a message: the server sends what comes at once as one `batch`. */
export function unpack(frame: LiveFrame | null): LiveFrame[] {
  if (frame?.type !== "batch") return frame ? [frame] : [];
  const inner = Array.isArray(frame.data.frames) ? frame.data.frames : [];
  return inner.map(toFrame).filter((each) => each !== null);
}

export const numberOr = (value: unknown, otherwise: number): number => (typeof value === "number" ? value : otherwise);
export const textOr = <T>(value: unknown, otherwise: T): string | T => (typeof value === "string" ? value : otherwise);
export const countsOr = (value: unknown, otherwise: Record<string, number>): Record<string, number> =>
  typeof value === "object" && value !== null ? (value as Record<string, number>) : otherwise;

import type { LiveFrame } from "@/model/frame";

export const frame = (over: Partial<LiveFrame> = {}): LiveFrame => ({
  id: null,
  type: "run.progress",
  at: "2026-11-20T10:00:00Z",
  runId: "run-1",
  data: {},
  ...over,
});

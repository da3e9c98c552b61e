/** Every address the console calls. Nothing else in the source tree spells one. */
const id = encodeURIComponent;

export const urls = {
  health: "/api/v1/health",
  session: "/api/v1/session",
  masterplans: "/api/v1/masterplans/",
  masterplanImport: "/api/v1/masterplans/import",
  masterplanBrief: "/api/v1/masterplans/brief",
  brief: (briefId: string) => `/api/v1/masterplans/brief/${id(briefId)}`,
  masterplan: (planId: string) => `/api/v1/masterplans/${id(planId)}/`,
  masterplanApprove: (planId: string) => `/api/v1/masterplans/${id(planId)}/approve`,
  masterplanReject: (planId: string) => `/api/v1/masterplans/${id(planId)}/reject`,
  masterplanExecute: (planId: string) => `/api/v1/masterplans/${id(planId)}/execute`,
  masterplanExport: (planId: string, format: "zip" | "patch", runId?: string) =>
    `/api/v1/masterplans/${id(planId)}/export?format=${format}${runId ? `&run=${id(runId)}` : ""}`,
  approvedPatch: (planId: string, runId: string) =>
    `/api/v1/masterplans/${id(planId)}/export?format=patch&run=${id(runId)}&approved_only=true`,
  decisionLines: (runId?: string) => `/api/v2/review/decisions.jsonl${runId ? `?run=${id(runId)}` : ""}`,
  runs: "/api/v2/execution/runs",
  run: (runId: string) => `/api/v2/execution/runs/${id(runId)}`,
  runAction: (runId: string, action: "pause" | "resume" | "cancel" | "budget") =>
    `/api/v2/execution/runs/${id(runId)}/${action}`,
  webhooks: "/api/v2/webhooks",
  webhook: (webhookId: string) => `/api/v2/webhooks/${id(webhookId)}`,
  webhookDeliveries: (webhookId: string) => `/api/v2/webhooks/${id(webhookId)}/deliveries`,
  runRetryFailed: (runId: string) => `/api/v2/execution/runs/${id(runId)}/retry-failed`,
  atomRetry: (atomId: string) => `/api/v2/retry/${id(atomId)}`,
  estimate: "/api/v2/execution/estimate",
  spending: "/api/v2/execution/spending",
  runAtoms: (runId: string) => `/api/v2/execution/runs/${id(runId)}/atoms`,
  runValidations: (runId: string) => `/api/v2/execution/runs/${id(runId)}/validations`,
  events: "/api/v2/events",
  graphs: "/api/v2/graphs",
  graph: (graphId: string) => `/api/v2/graphs/${id(graphId)}`,
  graphDrawing: (graphId: string, format: "dot" | "mermaid" | "json") =>
    `/api/v2/graphs/${id(graphId)}/visualize?format=${format}`,
  impact: (atomId: string) => `/api/v2/atoms/${id(atomId)}/impact`,
  atom: (atomId: string) => `/api/v2/atoms/${id(atomId)}`,
  prompt: (atomId: string, attempt: number) => `/api/v2/atoms/${id(atomId)}/attempts/${attempt}/prompt`,
  reviewQueue: "/api/v2/review/queue",
  reviewStats: "/api/v2/review/stats",
  review: (reviewId: string) => `/api/v2/review/${id(reviewId)}`,
  reviewHelp: (reviewId: string) => `/api/v2/review/${id(reviewId)}/help`,
  reviewAction: (action: ReviewAction) => `/api/v2/review/${action}`,
  flags: "/api/v2/flags",
  flag: (name: string) => `/api/v2/flags/${id(name)}`,
  flagHistory: "/api/v2/flags/history",
  flagPreview: "/api/v2/flags/preview",
  flagProbe: "/api/v2/flags/evaluate",
  rollout: "/api/v2/rollout",
  rolloutMove: (move: "advance" | "rollback" | "release") => `/api/v2/rollout/${move}`,
  rolloutBugs: "/api/v2/rollout/bugs",
  rolloutBugClose: (bugId: number) => `/api/v2/rollout/bugs/${bugId}/close`,
  runFeedback: (runId: string) => `/api/v2/rollout/runs/${id(runId)}/feedback`,
  comparison: (runId: string) => `/api/v2/rollout/comparisons/${id(runId)}`,
  flagsSocket: "/ws/flags/",
  metrics: "/api/v2/metrics",
  calibration: "/api/v2/review/calibration",
  runSocket: (runId: string) => `/ws/runs/${id(runId)}/`,
  reviewSocket: "/ws/review/",
  admin: "/admin/",
} as const;

export type ReviewAction =
  | "claim"
  | "release"
  | "skip"
  | "approve"
  | "edit"
  | "reject"
  | "regenerate"
  | "undo"
  | "check";

import type { components } from "./schema";

/** The JSON that the server speaks, by the names of this code. Only `src/model` and requests read these types. */
type Schemas = components["schemas"];

export interface WirePage<T> {
  results: T[];
  next: string | null;
}

export interface WireErrorBody {
  code: string;
  message: string;
  data?: unknown;
}

export type WireSession = Schemas["Session"];
export type WireHealth = Schemas["Health"];

export type WireMasterplan = Schemas["Plan"];
export type WireMasterplanDetail = Schemas["PlanDetail"];
export type WireDiscovery = Schemas["Discovery"];
export type WireBrief = Schemas["Brief"];
export type WireTask = Schemas["PlanTask"];

export type WireRun = Schemas["Run"];
export type WireRunDetail = Schemas["RunDetail"];
export type WireWebhook = Schemas["Webhook"];
export type WireNewWebhook = Schemas["NewWebhook"];
export type WireDelivery = Schemas["Delivery"];
export type WireAtWork = Schemas["AtWork"];
export type WireEstimate = Schemas["Estimate"];
export type WireLevelCounts = Schemas["LevelCounts"];
export type WireWave = Schemas["Wave"];
export type WireFailure = Schemas["Failure"];
export type WireRunAtom = Schemas["RunAtom"];

export type WireValidation = Schemas["Validation"];
export type WireCheck = Schemas["Check"];
export type WireFinding = Schemas["Finding"];

export type WireAtom = Schemas["Atom"];
export type WireContextPack = Schemas["Pack"];
export type WireAtomDecision = Schemas["AtomDecision"];
export type WireEdgeEnd = Schemas["EdgeEnd"];
export type WireAttempt = Schemas["Attempt"];
export type WirePrompt = Schemas["Prompt"];
export type WireTerm = Schemas["Term"];

export type WireGraph = Schemas["Graph"];
export type WireGraphRow = Schemas["GraphRow"];
export type WireGraphList = Schemas["GraphList"];
export type WireDifference = Schemas["Difference"];
export type WireImpact = Schemas["Impact"];

export type WireReviewRow = Schemas["ReviewRow"];
export type WireReviewDetail = Schemas["ReviewDetail"];
export type WireHelp = Schemas["Help"];
export type WireReviewCounts = Schemas["Counts"];
export type WireReviewStats = Schemas["ReviewStats"];
export type WireQueuePage = Schemas["QueuePage"];
export type WireDecisionAnswer = Schemas["DecisionAnswer"];
export type WireDryRun = Schemas["DryRun"];

export type WireFlag = Schemas["Flag"];
export type WireFlagChange = Schemas["FlagChange"];
export type WireEvaluation = Schemas["Evaluation"];
export type WirePreview = Schemas["Preview"];
export type WireRollout = Schemas["Rollout"];
export type WireGuard = Schemas["Guard"];
export type WireBug = Schemas["Bug"];
export type WireMyFeedback = Schemas["MyFeedback"];
export type WireComparison = Schemas["Comparison"];
export type WireSide = Schemas["Side"];
export type WireSpending = Schemas["Spending"];
export type WireMetrics = Schemas["Metrics"];
export type WireCalibration = Schemas["Calibration"];

/** One event, as it comes over the socket; control frames (`hello`, `resync`) leave most of it out. */
export type WireEvents = Schemas["Events"];
export type WireFrame = Partial<Schemas["Frame"]> & Pick<Schemas["Frame"], "type">;

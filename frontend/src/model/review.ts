import type {
  WireDecisionAnswer,
  WireHelp,
  WireQueuePage,
  WireReviewCounts,
  WireReviewDetail,
  WireReviewRow,
} from "@/api/wire";
import { type Attempt, type EdgeEnd, type Term, toAttempt, toEdgeEnd, toTerm } from "./atom";
import { type Run, toRun } from "./run";
import { type Finding, toFinding, toValidation, type Validation } from "./validation";

export interface ReviewRow {
  id: string;
  atomId: string;
  planId: string;
  planName: string;
  runId: string;
  path: string;
  line: number | null;
  symbol: string;
  kind: string;
  language: string;
  wave: number | null;
  confidence: number | null;
  priority: number;
  status: string;
  reasons: string[];
  atomStatus: string;
  loc: number;
  assignedTo: string | null;
  claimedUntil: string | null;
  decision: string | null;
  version: number;
  createdAt: string;
  reviewedAt: string | null;
}

export type ReviewCounts = { pending: number; inReview: number; done: number; mineToday: number };
export type QueuePage = { rows: ReviewRow[]; next: string | null; counts: ReviewCounts; asOfId: number };
const SUGGESTION_KINDS = ["fix", "alternative", "issue"] as const;
export type SuggestionKind = (typeof SUGGESTION_KINDS)[number];
/** `model` wrote it, in a call that cost `cost`; null: a tool says it. */
export interface Suggestion {
  title: string;
  detail: string;
  source: string;
  code: string | null;
  verified: boolean;
  kind: SuggestionKind;
  model: string | null;
  cost: number | null;
}
/** How far the assistant's search is. `model`: who else may be asked, null where nobody. */
export interface Help {
  state: "waiting" | "running" | "done" | "failed" | null;
  tried: number;
  total: number | null;
  note: string;
  found: number;
  model: string | null;
}
export type DecisionRecord = { decision: string; by: string; at: string; reasonCode: string; feedback: string };

export interface ReviewDetail extends ReviewRow {
  /** The newest version that an event or a claim told of, while this one is on screen. */
  heard?: number;
  startLine: number;
  endLine: number;
  attemptCount: number;
  attemptsAllowed: number;
  /** Whom another attempt would ask, null where no model is configured. */
  model: string | null;
  complexity: number | null;
  original: string | null;
  proposal: string | null;
  contextBefore: string;
  contextAfter: string;
  findings: Finding[];
  failingTests: { id: string; message: string }[];
  tests: { id: string; status: string }[];
  validations: Validation[];
  terms: Term[];
  attempts: Attempt[];
  suggestions: Suggestion[];
  help: Help;
  needs: EdgeEnd[];
  neededBy: EdgeEnd[];
  modifiedCode: string | null;
  decisions: DecisionRecord[];
}

export interface DecisionAnswer {
  review: ReviewRow;
  run: Run;
  revalidating: boolean;
}

export const toHelp = (wire: WireHelp): Help => ({
  state: wire.state || null,
  tried: wire.tried,
  total: wire.total,
  note: wire.note,
  found: wire.found,
  model: wire.model,
});

/** In the order of the page: fixes, then alternatives, then what was found. */
const toSuggestions = (wire: WireReviewDetail["suggestions"]): Suggestion[] =>
  SUGGESTION_KINDS.flatMap((kind) =>
    wire.filter((row) => row.kind === kind).map(({ cost_usd: cost, ...row }) => ({ ...row, cost })),
  );

export const isOpen = (row: Pick<ReviewRow, "status">): boolean =>
  row.status === "pending" || row.status === "in_review";

export function toReviewRow(wire: WireReviewRow): ReviewRow {
  return {
    id: wire.review_id,
    atomId: wire.atom_id,
    planId: wire.masterplan_id,
    planName: wire.masterplan_name,
    runId: wire.run_id,
    path: wire.path,
    line: wire.line,
    symbol: wire.symbol,
    kind: wire.kind,
    language: wire.language,
    wave: wire.wave,
    confidence: wire.confidence,
    priority: wire.priority,
    status: wire.status,
    reasons: wire.reasons ?? [],
    atomStatus: wire.atom_status,
    loc: wire.loc,
    assignedTo: wire.assigned_to,
    claimedUntil: wire.claimed_until,
    decision: wire.decision,
    version: wire.version,
    createdAt: wire.created_at,
    reviewedAt: wire.reviewed_at,
  };
}

export const toCounts = (wire: WireReviewCounts): ReviewCounts => ({
  pending: wire.pending ?? 0,
  inReview: wire.in_review ?? 0,
  done: wire.done ?? 0,
  mineToday: wire.mine_today ?? 0,
});

export function toQueuePage(wire: WireQueuePage): QueuePage {
  return {
    rows: wire.results.map(toReviewRow),
    next: wire.next,
    counts: toCounts(wire.counts),
    asOfId: wire.as_of_id ?? 0,
  };
}

export function toReviewDetail(wire: WireReviewDetail): ReviewDetail {
  return {
    ...toReviewRow(wire),
    startLine: wire.start_line,
    endLine: wire.end_line,
    attemptCount: wire.attempts ?? 0,
    attemptsAllowed: wire.attempts_allowed,
    model: wire.model,
    complexity: wire.complexity,
    original: wire.original_code,
    proposal: wire.code,
    contextBefore: wire.context_before ?? "",
    contextAfter: wire.context_after ?? "",
    findings: (wire.findings ?? []).map(toFinding),
    failingTests: wire.failing_tests ?? [],
    tests: wire.tests ?? [],
    validations: (wire.validations ?? []).map(toValidation),
    terms: (wire.confidence_terms ?? []).map(toTerm),
    attempts: (wire.attempts_history ?? []).map(toAttempt),
    suggestions: toSuggestions(wire.suggestions ?? []),
    help: toHelp(wire.help),
    needs: (wire.needs ?? []).map(toEdgeEnd),
    neededBy: (wire.needed_by ?? []).map(toEdgeEnd),
    modifiedCode: wire.modified_code,
    decisions: (wire.decisions ?? []).map((row) => ({
      decision: row.decision,
      by: row.by ?? "",
      at: row.at,
      reasonCode: row.reason_code ?? "",
      feedback: row.feedback ?? "",
    })),
  };
}

export function toDecisionAnswer(wire: WireDecisionAnswer): DecisionAnswer {
  return { review: toReviewRow(wire.review), run: toRun(wire.run), revalidating: wire.revalidating };
}

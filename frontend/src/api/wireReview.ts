import type { WireAttempt, WireEdgeEnd, WireFinding, WirePage, WireRun, WireTerm, WireValidation } from "./wire";

/** The part of the contract that the review queue and the atom page speak; see `wire.ts`. */
export interface WireReviewRow {
  review_id: string;
  atom_id: string;
  masterplan_id: string;
  masterplan_name: string;
  run_id: string;
  path: string;
  symbol: string;
  kind: string;
  language: string;
  wave: number | null;
  confidence: number | null;
  priority: number;
  status: string;
  reasons: string[];
  atom_status: string;
  loc: number;
  assigned_to: string | null;
  claimed_until: string | null;
  decision: string | null;
  version: number;
  created_at: string;
  reviewed_at: string | null;
}

export interface WireReviewCounts {
  pending: number;
  in_review: number;
  done: number;
  mine_today: number;
}

export interface WireQueuePage extends WirePage<WireReviewRow> {
  counts: WireReviewCounts;
  as_of_id: number;
}

export interface WireSuggestion {
  title: string;
  detail: string;
  source: string;
  code: string | null;
  verified: boolean;
}

export interface WireDecision {
  decision: string;
  by: string | null;
  at: string;
  reason_code: string | null;
  feedback: string | null;
  active_ms: number | null;
}

export interface WireReviewDetail extends WireReviewRow {
  start_line: number;
  end_line: number;
  attempts: number;
  complexity: number | null;
  original_code: string | null;
  code: string | null;
  context_before: string;
  context_after: string;
  findings: WireFinding[];
  failing_tests: { id: string; message: string }[];
  tests: { id: string; status: string }[];
  validations: WireValidation[];
  confidence_terms: WireTerm[];
  attempts_history: WireAttempt[];
  suggestions: WireSuggestion[];
  needs: WireEdgeEnd[];
  needed_by: WireEdgeEnd[];
  human_feedback: string | null;
  modified_code: string | null;
  decisions: WireDecision[];
}

export interface WireDecisionAnswer {
  review: WireReviewRow;
  run: WireRun;
  revalidating: boolean;
}

export interface WireReviewStats extends WireReviewCounts {
  median_seconds: number | null;
}

export interface WireAtom {
  atom_id: string;
  masterplan_id: string;
  task_id: string;
  path: string;
  language: string;
  kind: string;
  symbol: string;
  parent: string | null;
  start_line: number;
  end_line: number;
  loc: number;
  complexity: number | null;
  atomicity_score: number | null;
  criteria: { name: string; value: number | null; measures: string; raise_by: string }[];
  context_completeness: number | null;
  needs: { name: string; kind: string; resolved_by: unknown }[];
  imports: unknown;
  types: unknown;
  preconditions: unknown;
  postconditions: unknown;
  test_cases: unknown;
  is_hole: boolean;
  code: string | null;
  original_code: string | null;
  file: { path: string; text: string; start_line: number } | null;
  edges: { needs: WireEdgeEnd[]; needed_by: WireEdgeEnd[] };
  run: {
    run_id: string;
    status: string;
    attempts: number;
    confidence: number | null;
    confidence_terms: WireTerm[] | null;
    suspiciousness: number | null;
  } | null;
  attempts: WireAttempt[];
  validations: WireValidation[];
}

/** One event of the server's log, as it comes over the socket. `id` is absent on control frames. */
export interface WireFrame {
  id?: number;
  topic?: string;
  type: string;
  at?: string;
  run_id?: string | null;
  data?: Record<string, unknown>;
}

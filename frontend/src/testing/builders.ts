import type {
  WireAttempt,
  WireCheck,
  WireFinding,
  WireReviewDetail,
  WireReviewRow,
  WireRun,
  WireRunDetail,
  WireValidation,
} from "@/api/wire";

/** Builders of what the server sends. A test names only what it is about. */
const AT = "2026-11-20T10:00:00Z";

export function wireRun(over: Partial<WireRun> = {}): WireRun {
  return {
    run_id: "run-1",
    masterplan_id: "plan-1",
    parent_run_id: null,
    masterplan_name: "Shop example",
    mode: "v2_atoms",
    policy: "repair",
    status: "running",
    phase: "executing",
    phase_detail: "wave 2 of 4",
    progress: 0.62,
    atoms_total: 64,
    waves_total: 4,
    wave_now: 2,
    by_status: { passed: 40, running: 6, pending: 12, failed: 6 },
    precision: null,
    precision_reviewed: null,
    tests_total: 42,
    tests_passed: 37,
    cost_usd: 0,
    budget_usd: 5,
    calls: 0,
    unpriced_calls: 0,
    review_pending: 5,
    review_total: 11,
    seconds: 73.4,
    started_at: AT,
    finished_at: null,
    created_at: AT,
    error: null,
    model: null,
    ...over,
  };
}

export function wireRunDetail(over: Partial<WireRunDetail> = {}): WireRunDetail {
  return {
    ...wireRun(),
    levels: { "1": { passed: 40, failed: 6, not_run: 3, not_applicable: 9 } },
    shadow_run_ids: [],
    waves: [{ wave_id: "wave-1", wave_number: 1, status: "completed", atom_count: 30, by_status: { passed: 30 } }],
    failures: [],
    in_flight: 6,
    in_flight_limit: 100,
    reserved_usd: 0,
    retries: 4,
    eta_seconds: 96,
    at_work: [],
    fell_back_at: null,
    fallback_reason: "",
    settings: {},
    as_of_id: 100,
    ...over,
  };
}

export const wireFinding = (over: Partial<WireFinding> = {}): WireFinding => ({
  tool: "mypy",
  code: "return-value",
  message: 'Incompatible return value type (got "float", expected "int")',
  path: "shop/cart.py",
  line: 14,
  column: 12,
  end_line: null,
  severity: "error",
  ...over,
});

export const wireCheck = (over: Partial<WireCheck> = {}): WireCheck => ({
  name: "types",
  status: "failed",
  reason: "1 finding",
  findings: [wireFinding()],
  evidence: { command: "mypy shop", exit_code: 1, output: "shop/cart.py:14: error" },
  seconds: 1.2,
  forgeable: false,
  generated: false,
  ...over,
});

export const wireValidation = (over: Partial<WireValidation> = {}): WireValidation => ({
  validation_id: "validation-1",
  level: 1,
  level_name: "atomic",
  scope: "shop/cart.py",
  atom_id: "atom-1",
  status: "failed",
  checks: [wireCheck()],
  duration_seconds: 1.3,
  created_at: AT,
  ...over,
});

export const wireAttempt = (over: Partial<WireAttempt> = {}): WireAttempt => ({
  attempt_number: 0,
  success: false,
  error_message: "test_total_with_discount failed",
  feedback_prompt: null,
  code_generated: null,
  llm_model: null,
  llm_cost_usd: null,
  llm_tokens_input: null,
  llm_tokens_output: null,
  temperature: null,
  effort: null,
  created_at: AT,
  ...over,
});

export function wireReviewRow(over: Partial<WireReviewRow> = {}): WireReviewRow {
  return {
    review_id: "review-1",
    atom_id: "atom-1",
    masterplan_id: "plan-1",
    masterplan_name: "Shop example",
    run_id: "run-1",
    path: "shop/cart.py",
    line: 12,
    symbol: "Cart.total",
    kind: "method",
    language: "python",
    wave: 2,
    confidence: 0.31,
    priority: 1,
    status: "pending",
    reasons: ["1 test fails", "types fail"],
    atom_status: "failed",
    loc: 8,
    assigned_to: null,
    claimed_until: null,
    decision: null,
    version: 1,
    created_at: AT,
    reviewed_at: null,
    ...over,
  };
}

const ORIGINAL = `    def total(self, discount: float = 0.0) -> int:
        """Sum of the lines in cents, after the discount."""
        total = 0
        for line in self.lines:
            total += line.price * line.quantity
        return total - discount
`;

const PROPOSAL = `    def total(self, discount: float = 0.0) -> int:
        """Sum of the lines in cents, after the discount."""
        total = 0
        for line in self.lines:
            total += line.price * line.quantity
        return round(total * (1 - discount))
`;

export function wireReview(over: Partial<WireReviewDetail> = {}): WireReviewDetail {
  return {
    ...wireReviewRow(),
    start_line: 9,
    end_line: 14,
    attempts: 1,
    attempts_allowed: 3,
    model: "claude-scripted",
    complexity: 2,
    original_code: ORIGINAL,
    code: PROPOSAL,
    context_before: "@dataclass\nclass Cart:\n    lines: list[Line]\n\n",
    context_after: "\n    def count(self) -> int:\n        return len(self.lines)\n",
    findings: [wireFinding()],
    failing_tests: [{ id: "tests/test_cart.py::test_total_with_discount", message: "assert 900.0 == 810" }],
    tests: [
      { id: "tests/test_cart.py::test_total", status: "passed" },
      { id: "tests/test_cart.py::test_total_with_discount", status: "failed" },
    ],
    validations: [wireValidation()],
    confidence_terms: [
      { name: "validation", weight: 0.4, value: 0.42, evidence: ["tests: 1 of 2 fail", "types: 1 finding"] },
      { name: "attempts", weight: 0.3, value: 0, evidence: ["never accepted"] },
      { name: "complexity", weight: 0.2, value: 1, evidence: ["McCabe 2"] },
      { name: "integration", weight: 0.1, value: 0.5, evidence: ["suite: 37 of 42 pass"] },
    ],
    attempts_history: [
      wireAttempt(),
      wireAttempt({ attempt_number: 1, code_generated: PROPOSAL, llm_model: "scripted", temperature: 0.7 }),
    ],
    suggestions: [
      {
        title: "Round to whole cents",
        detail: "The declared return type is int; the expression gives a float.",
        source: "mypy",
        code: PROPOSAL,
        verified: true,
        kind: "fix",
        model: null,
        cost_usd: null,
      },
    ],
    help: { state: null, tried: 0, total: null, note: "", found: 0, model: null },
    needs: [
      {
        atom_id: "atom-2",
        path: "shop/cart.py",
        symbol: "Line",
        type: "type",
        weight: 0.8,
        reasons: [{ type: "type", symbol: "Line", line: 11 }],
      },
    ],
    needed_by: [
      {
        atom_id: "atom-3",
        path: "shop/order.py",
        symbol: "Order.invoice",
        type: "control",
        weight: 0.5,
        reasons: [{ type: "control", symbol: "Cart.total", line: 31 }],
      },
    ],
    human_feedback: null,
    modified_code: null,
    decisions: [],
    ...over,
  };
}

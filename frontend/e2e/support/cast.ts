import type {
  WireAtom,
  WireFailure,
  WireMasterplan,
  WireMasterplanDetail,
  WireReviewRow,
  WireRunAtom,
  WireTask,
} from "../../src/api/wire";
import { wireAttempt, wireReview, wireReviewRow, wireRun, wireValidation } from "../../src/testing/builders";

const AT = "2026-11-20T10:00:00Z";

export const plan = (over: Partial<WireMasterplan> = {}): WireMasterplan => ({
  masterplan_id: "plan-1",
  name: "Shop example",
  description: "A small shop in three languages, with tests.",
  status: "in_progress",
  source_kind: "plan_file",
  owner: "operator",
  team: "demo",
  root_package: "shop",
  tasks_total: 6,
  atoms_total: 64,
  languages: ["python", "typescript", "javascript"],
  budget_usd: 5,
  created_at: AT,
  updated_at: AT,
  latest_run: wireRun(),
  ...over,
});

const task = (number: number, path: string, over: Partial<WireTask> = {}): WireTask => ({
  task_id: `task-${number}`,
  task_number: number,
  name: path,
  description: "",
  target_path: path,
  language: path.endsWith(".py") ? "python" : "typescript",
  has_draft: true,
  loc: 40 + number * 7,
  parse_ok: true,
  problem: null,
  acceptance_tests: [],
  depends_on: number > 1 ? ["task-1"] : [],
  atoms_total: 10 + number,
  ...over,
});

export const discovery = (): NonNullable<WireMasterplanDetail["discovery"]> => ({
  domain: "A library that lends books to its readers and asks for them back.",
  contexts: [{ name: "lending", purpose: "Who has which book, and until when." }],
  entities: [
    { name: "Loan", context: "lending", attributes: ["due: date", "reader: Reader"], rules: ["one reader a book"] },
  ],
  assumptions: ["One library only.", "Fines are out of scope."],
  risks: ["Clocks of branches differ, so that a due date is read as passed."],
});

export const planDetail = (over: Partial<WireMasterplanDetail> = {}): WireMasterplanDetail => ({
  ...plan(),
  tasks: [
    task(1, "shop/cart.py"),
    task(2, "shop/order.py"),
    task(3, "shop/tax.py", { has_draft: false, loc: 0, parse_ok: null }),
    task(4, "web/price.ts", { parse_ok: false, problem: { line: 12, column: 4, message: "unexpected token '}'" } }),
  ],
  graph_id: "graph-1",
  tests_total: 5,
  discovery: null,
  team_choices: null,
  ...over,
});

const SYMBOLS = ["Cart.total", "Order.invoice", "parse_price", "vat_rate", "formatMoney"];
const PATHS = [
  "shop/cart.py",
  "shop/order.py",
  "shop/deep/nested/package/pricing/parsing.py",
  "shop/tax.py",
  "web/price.ts",
];
const REASONS = [
  ["1 test fails", "types fail"],
  ["2 tests fail"],
  ["no test ran"],
  ["to be written"],
  ["low confidence"],
];

export const queueRows = (): WireReviewRow[] =>
  SYMBOLS.map((symbol, index) =>
    wireReviewRow({
      review_id: `review-${index + 1}`,
      atom_id: `atom-${index + 1}`,
      symbol,
      path: PATHS[index] ?? "",
      confidence: [0.31, 0.38, 0.55, 0.62, 0.81][index] ?? 0.5,
      reasons: REASONS[index] ?? [],
      atom_status: index < 2 ? "failed" : "passed",
      wave: 1 + (index % 3),
    }),
  );

const STATES: WireRunAtom["status"][] = [
  "passed",
  "passed",
  "passed",
  "failed",
  "running",
  "pending",
  "passed",
  "skipped",
];

export const atoms = (): WireRunAtom[] =>
  Array.from({ length: 64 }, (_, index) => ({
    atom_id: `atom-${index}`,
    path: PATHS[index % 5] ?? "",
    symbol: `${SYMBOLS[index % 5]}_${index}`,
    kind: "function",
    start_line: 1 + index * 6,
    end_line: 6 + index * 6,
    loc: 3 + (index % 7),
    wave: index < 34 ? 1 : index < 52 ? 2 : index < 61 ? 3 : 4,
    status: index < 34 ? (index % 11 === 3 ? "failed" : "passed") : (STATES[index % STATES.length] ?? "pending"),
    attempts: index % 3,
    confidence: index % 4 === 0 ? null : 0.4 + (index % 6) / 10,
    suspiciousness: 0,
    review_id: index % 11 === 3 ? "review-1" : null,
  }));

export const failures = (): WireFailure[] => [
  {
    atom_id: "atom-1",
    path: "shop/cart.py",
    symbol: "Cart.total",
    status: "failed",
    category: "test_failure",
    message: "tests/test_cart.py::test_total_with_discount: assert 900.0 == 810",
    at: AT,
  },
  {
    atom_id: "atom-2",
    path: "shop/order.py",
    symbol: "Order.invoice",
    status: "failed",
    category: "test_failure",
    message: "tests/test_order.py::test_invoice_number: KeyError: 'number'",
    at: AT,
  },
  {
    atom_id: "atom-5",
    path: "web/price.ts",
    symbol: "formatMoney",
    status: "failed",
    category: "type_error",
    message: "TS2322: Type 'number' is not assignable to type 'string'.",
    at: AT,
  },
];

export function atom(): WireAtom {
  const review = wireReview();
  const text = `${review.context_before}${review.code}${review.context_after}`;
  return {
    atom_id: "atom-1",
    masterplan_id: "plan-1",
    task_id: "task-1",
    path: review.path,
    language: "python",
    kind: "method",
    symbol: "Cart.total",
    parent: "Cart",
    start_line: 9,
    end_line: 14,
    loc: 6,
    complexity: 2,
    atomicity_score: 0.86,
    criteria: [
      { name: "size", value: 1, measures: "Lines of code against the target of 10.", raise_by: "" },
      { name: "determinism", value: null, measures: "Sources of randomness and time.", raise_by: "" },
      {
        name: "context completeness",
        value: 0.75,
        measures: "Resolved names of those needed.",
        raise_by: "Annotate price.",
      },
    ],
    context_completeness: 0.75,
    needs: [
      { name: "self.lines", kind: "attribute", resolved_by: "Cart.lines: list[Line]" },
      { name: "price", kind: "type", resolved_by: null },
    ],
    imports: ["from dataclasses import dataclass"],
    types: { discount: "float", return: "int" },
    preconditions: [{ name: "discount", type: "float" }],
    postconditions: [{ name: "return", type: "int" }],
    test_cases: ["tests/test_cart.py::test_total"],
    is_hole: false,
    uncuttable: false,
    context: {
      signature: "def total(self, discount: float) -> int",
      defines: ["total"],
      raises: ["ValueError"],
      mutates: ["lines"],
      pure: false,
      deterministic: true,
    },
    context_pack: {
      contract: {},
      code: review.code ?? "",
      uses: [{ name: "Line", place: "shop/cart.py:4", contract: "class Line" }],
      callers: [{ place: "shop/checkout.py:31", line: "amount = cart.total(discount)" }],
      tests: [{ id: "tests/test_cart.py::test_total", kind: "test" }],
      place: [
        { symbol: "Cart.add", code: "    def add(self, line: Line) -> None:\n        self.lines.append(line)\n" },
      ],
      tokens: 214,
      limit: 1500,
      left_out: 2,
    },
    code: review.code,
    original_code: review.original_code,
    file: { path: review.path, text, start_line: 5 },
    edges: { needs: review.needs, needed_by: review.needed_by },
    run: {
      run_id: "run-1",
      status: "failed",
      attempts: 1,
      wave: 2,
      confidence: 0.31,
      confidence_terms: review.confidence_terms,
      suspiciousness: 0.8,
    },
    attempts: [wireAttempt()],
    validations: [wireValidation()],
    decisions: [
      {
        review_id: "review-1",
        decision: "edit",
        by: "alice",
        at: "2026-01-05T10:00:00Z",
        reason_code: "wrong_behaviour",
        feedback: "The discount is a share, not an amount.",
        active_ms: 18_000,
        undone: false,
      },
    ],
  };
}

/**
 * The JSON that the server speaks, as written in the HTTP contract. Only `src/model` reads these types.
 * One file on purpose: once `schema.d.ts` is generated, a line here becomes `components["schemas"][...]`.
 */

export interface WirePage<T> {
  results: T[];
  next: string | null;
}

export interface WireErrorBody {
  code: string;
  message: string;
  data?: unknown;
}

export interface WireSession {
  user: { id: number | string; username: string; roles: string[]; is_staff: boolean } | null;
  csrf_token: string;
}

export interface WireHealth {
  execution_mode: string;
  v2_percentage: number;
  model?: { configured: boolean; name: string | null; detail: string };
  sandbox?: { ok: boolean; detail: string };
  version?: string;
  status: string;
}

export interface WireRun {
  run_id: string;
  masterplan_id: string;
  masterplan_name: string;
  mode: string;
  policy: string;
  status: string;
  phase: string;
  phase_detail: string;
  progress: number;
  atoms_total: number;
  waves_total: number;
  by_status: Record<string, number>;
  precision: number | null;
  precision_reviewed: number | null;
  tests_total: number | null;
  tests_passed: number | null;
  cost_usd: number | null;
  budget_usd: number | null;
  calls: number;
  unpriced_calls?: number;
  review_pending: number;
  review_total: number;
  seconds: number | null;
  started_at: string | null;
  finished_at: string | null;
  created_at: string;
  error: unknown;
  model: string | null;
}

export interface WireLevelCounts {
  passed: number;
  failed: number;
  not_run: number;
  not_applicable: number;
}

export interface WireWave {
  wave_number: number;
  status: string;
  atom_count: number;
  by_status?: Record<string, number>;
}

export interface WireFailure {
  atom_id: string;
  path: string;
  symbol: string;
  category: string;
  message: string;
}

export interface WireRunDetail extends WireRun {
  levels: Record<string, WireLevelCounts>;
  waves: WireWave[];
  failures: WireFailure[];
  settings: Record<string, unknown>;
  as_of_id: number;
}

export interface WireRunAtom {
  atom_id: string;
  path: string;
  symbol: string;
  kind: string;
  start_line: number;
  end_line: number;
  loc: number;
  wave: number | null;
  status: string;
  attempts: number;
  confidence: number | null;
  suspiciousness: number | null;
  review_id: string | null;
}

export interface WireFinding {
  tool: string;
  code: string;
  message: string;
  path: string;
  line: number | null;
  column: number | null;
  end_line?: number | null;
  severity: string;
}

export interface WireCheck {
  name: string;
  status: string;
  reason: string;
  findings?: WireFinding[];
  evidence?: { command?: string | string[] | null; exit_code?: number | null; output?: string | null } | null;
  seconds?: number | null;
  forgeable?: boolean;
}

export interface WireValidation {
  validation_id: string;
  level: number;
  level_name: string;
  scope: string;
  atom_id: string | null;
  status: string;
  checks: WireCheck[];
  duration_seconds: number | null;
  created_at: string;
}

export interface WireTask {
  task_id: string;
  task_number: number;
  name: string;
  description: string;
  target_path: string;
  language: string;
  has_draft: boolean;
  loc: number;
  parse_ok: boolean | null;
  problem: { line: number; column: number; message: string } | null;
  depends_on: string[];
  atoms_total: number | null;
}

export interface WireMasterplan {
  masterplan_id: string;
  name: string;
  description: string;
  status: string;
  source_kind: string;
  owner: string;
  root_package: string | null;
  tasks_total: number;
  atoms_total: number | null;
  languages: string[];
  budget_usd: number | null;
  created_at: string;
  updated_at: string;
  latest_run: WireRun | null;
}

export interface WireMasterplanDetail extends WireMasterplan {
  tasks: WireTask[];
  graph_id: string | null;
  tests_total: number;
}

export interface WireEdgeEnd {
  atom_id: string;
  path: string;
  symbol: string;
  type: string;
  weight: number;
  reasons: { type: string; symbol: string; line: number | null }[];
}

export interface WireAttempt {
  attempt_number: number;
  success: boolean;
  error_message: string | null;
  feedback_prompt: string | null;
  code_generated: string | null;
  llm_model: string | null;
  llm_cost_usd: number | null;
  llm_tokens_input: number | null;
  llm_tokens_output: number | null;
  temperature: number | null;
  created_at: string;
}

export interface WireTerm {
  name: string;
  weight: number;
  value: number | null;
  evidence?: unknown;
}

import type { WireAtom, WireAtomDecision, WireAttempt, WireContextPack, WireEdgeEnd, WireTerm } from "@/api/wire";
import { toValidation, type Validation } from "./validation";

export interface EdgeEnd {
  atomId: string;
  path: string;
  symbol: string;
  type: string;
  weight: number;
  reasons: { type: string; symbol: string; line: number | null }[];
}

export interface Attempt {
  number: number;
  success: boolean;
  error: string;
  feedback: string;
  code: string | null;
  model: string | null;
  cost: number | null;
  tokensIn: number | null;
  tokensOut: number | null;
  temperature: number | null;
  /** Asked of models that take no temperature. */
  effort: string | null;
  createdAt: string;
}

export interface Term {
  name: string;
  weight: number;
  value: number | null;
  evidence: string[];
}

/** What one would need to rewrite the atom alone, most important first. Tokens are estimated. */
export interface ContextPack {
  uses: { name: string; place: string; contract: string }[];
  callers: { place: string; line: string }[];
  tests: string[];
  place: { symbol: string; code: string }[];
  tokens: number;
  limit: number;
  leftOut: number;
}

export interface AtomDecision {
  reviewId: string;
  decision: string;
  by: string | null;
  at: string;
  reason: string;
  feedback: string;
  /** How long the person really looked at it. */
  seconds: number | null;
  undone: boolean;
}

export interface Atom {
  id: string;
  planId: string;
  path: string;
  language: string;
  kind: string;
  symbol: string;
  parent: string | null;
  startLine: number;
  endLine: number;
  loc: number;
  complexity: number | null;
  atomicity: number | null;
  criteria: { name: string; value: number | null; measures: string; raiseBy: string }[];
  contextCompleteness: number | null;
  needs: { name: string; kind: string; resolvedBy: string }[];
  contract: { title: string; lines: string[] }[];
  pack: ContextPack;
  isHole: boolean;
  code: string | null;
  originalCode: string | null;
  file: { path: string; text: string; startLine: number } | null;
  edges: { needs: EdgeEnd[]; neededBy: EdgeEnd[] };
  run: { id: string; status: string; attempts: number; confidence: number | null; terms: Term[] } | null;
  attempts: Attempt[];
  validations: Validation[];
  decisions: AtomDecision[];
}

export function toEdgeEnd(wire: WireEdgeEnd): EdgeEnd {
  const { atom_id, path, symbol, type, weight, reasons } = wire;
  return { atomId: atom_id, path, symbol, type, weight, reasons: reasons ?? [] };
}

export function toAttempt(wire: WireAttempt): Attempt {
  return {
    number: wire.attempt_number,
    success: wire.success,
    error: wire.error_message ?? "",
    feedback: wire.feedback_prompt ?? "",
    code: wire.code_generated,
    model: wire.llm_model || null,
    cost: wire.llm_cost_usd,
    tokensIn: wire.llm_tokens_input,
    tokensOut: wire.llm_tokens_output,
    temperature: wire.temperature,
    effort: wire.effort || null,
    createdAt: wire.created_at,
  };
}

/** Any JSON as short lines for people: the contract leaves the inner form of evidence and contracts open. */
export function toLines(value: unknown): string[] {
  if (value === null || value === undefined || value === "") return [];
  if (Array.isArray(value)) return value.flatMap((item) => toLines(item).join(" · ") || []);
  if (typeof value === "object") {
    return Object.entries(value)
      .filter(([, inner]) => inner !== null && inner !== "")
      .map(([name, inner]) => `${name}: ${typeof inner === "object" ? toLines(inner).join(", ") : String(inner)}`);
  }
  return [String(value)];
}

export function toTerm(wire: WireTerm): Term {
  return { name: wire.name, weight: wire.weight, value: wire.value, evidence: toLines(wire.evidence) };
}

/** Terms from a JSON column, whose form no schema holds: what is not a term is left out. */
function toTerms(value: unknown): Term[] {
  const rows = Array.isArray(value) ? value : [];
  return rows
    .filter((row): row is WireTerm => typeof row?.name === "string" && typeof row.weight === "number")
    .map(toTerm);
}

function toPack(wire: WireContextPack): ContextPack {
  const { uses, callers, tests, place, tokens, limit, left_out } = wire;
  const names = tests.map((test) => String(test.id ?? toLines(test).join(", ")));
  return { uses, callers, tests: names, place, tokens, limit, leftOut: left_out };
}

function toDecision(wire: WireAtomDecision): AtomDecision {
  const { review_id, decision, by, at, reason_code, feedback, active_ms, undone } = wire;
  const seconds = active_ms === null ? null : active_ms / 1000;
  return { reviewId: review_id, decision, by, at, reason: reason_code ?? "", feedback, seconds, undone };
}

/** Live names as `name: type`; any other form as it came. */
function toNames(value: unknown): string[] {
  if (!Array.isArray(value)) return toLines(value);
  return value.flatMap((row) => {
    if (typeof row?.name !== "string") return toLines(row).join(" · ");
    const from = typeof row.bound_at === "number" ? ` (from line ${row.bound_at})` : "";
    return `${row.name}${row.type ? `: ${row.type}` : ""}${from}`;
  });
}

/** Tests by their id, which says kind and place; any other form as it came. */
function toTestCases(value: unknown): string[] {
  if (!Array.isArray(value)) return toLines(value);
  return value.flatMap((row) => (typeof row?.id === "string" ? row.id : toLines(row).join(" · ")));
}

function yesOrNo(value: unknown, yes: string, no: string): string[] {
  return value === true ? [yes] : value === false ? [no] : [];
}

export function toAtom(wire: WireAtom): Atom {
  const facts: Partial<Record<"signature" | "defines" | "raises" | "mutates" | "pure" | "deterministic", unknown>> =
    wire.context;
  const contract = [
    { title: "Signature", lines: toLines(facts.signature) },
    { title: "Defines", lines: toLines(facts.defines) },
    { title: "Raises", lines: toLines(facts.raises) },
    { title: "Changes in place", lines: toLines(facts.mutates) },
    {
      title: "Behaviour",
      lines: [
        ...yesOrNo(facts.pure, "pure", "has side effects"),
        ...yesOrNo(facts.deterministic, "deterministic", "depends on chance, clock or environment"),
      ],
    },
    { title: "Imports", lines: toLines(wire.imports) },
    { title: "Types", lines: toLines(wire.types) },
    { title: "Needs before", lines: toNames(wire.preconditions) },
    { title: "Leaves after", lines: toNames(wire.postconditions) },
    { title: "Test cases", lines: toTestCases(wire.test_cases) },
  ];
  return {
    id: wire.atom_id,
    planId: wire.masterplan_id,
    path: wire.path,
    language: wire.language,
    kind: wire.kind,
    symbol: wire.symbol,
    parent: wire.parent,
    startLine: wire.start_line,
    endLine: wire.end_line,
    loc: wire.loc,
    complexity: wire.complexity,
    atomicity: wire.atomicity_score,
    criteria: (wire.criteria ?? []).map(({ raise_by, ...rest }) => ({ ...rest, raiseBy: raise_by ?? "" })),
    contextCompleteness: wire.context_completeness,
    needs: (wire.needs ?? []).map(({ name, kind, resolved_by }) => ({
      name,
      kind,
      resolvedBy: toLines(resolved_by).join(", "),
    })),
    contract: contract.filter((part) => part.lines.length > 0),
    pack: toPack(wire.context_pack),
    isHole: wire.is_hole,
    code: wire.code,
    originalCode: wire.original_code,
    file: wire.file ? { path: wire.file.path, text: wire.file.text, startLine: wire.file.start_line } : null,
    edges: {
      needs: (wire.edges?.needs ?? []).map(toEdgeEnd),
      neededBy: (wire.edges?.needed_by ?? []).map(toEdgeEnd),
    },
    run: wire.run && {
      id: wire.run.run_id,
      status: wire.run.status,
      attempts: wire.run.attempts,
      confidence: wire.run.confidence,
      terms: toTerms(wire.run.confidence_terms),
    },
    attempts: (wire.attempts ?? []).map(toAttempt),
    validations: (wire.validations ?? []).map(toValidation),
    decisions: (wire.decisions ?? []).map(toDecision),
  };
}

import type { WireCheck, WireFinding, WireValidation } from "@/api/wire";

export interface Finding {
  tool: string;
  code: string;
  message: string;
  path: string;
  line: number | null;
  column: number | null;
  severity: string;
}

export interface Evidence {
  command: string;
  exitCode: number | null;
  output: string;
}

export interface Check {
  name: string;
  status: string;
  reason: string;
  findings: Finding[];
  evidence: Evidence | null;
  seconds: number | null;
  forgeable: boolean;
  generated: boolean; // it rests on tests that nobody wrote
}

export interface Validation {
  id: string;
  level: number;
  levelName: string;
  scope: string;
  atomId: string | null;
  status: string;
  checks: Check[];
  seconds: number | null;
  createdAt: string;
}

export function toFinding(wire: WireFinding): Finding {
  const { tool, code, message, path, line, column, severity } = wire;
  return { tool, code: code ?? "", message, path, line: line ?? null, column: column ?? null, severity };
}

function toEvidence(wire: WireCheck["evidence"]): Evidence | null {
  if (!wire) return null;
  const command = Array.isArray(wire.command) ? wire.command.join(" ") : (wire.command ?? "");
  const evidence = { command, exitCode: wire.exit_code ?? null, output: wire.output ?? "" };
  return command || evidence.output || evidence.exitCode !== null ? evidence : null;
}

export function toCheck(wire: WireCheck): Check {
  return {
    name: wire.name,
    status: wire.status,
    reason: wire.reason ?? "",
    findings: (wire.findings ?? []).map(toFinding),
    evidence: toEvidence(wire.evidence),
    seconds: wire.seconds ?? null,
    forgeable: wire.forgeable ?? false,
    generated: wire.generated ?? false,
  };
}

export function toValidation(wire: WireValidation): Validation {
  return {
    id: wire.validation_id,
    level: wire.level,
    levelName: wire.level_name,
    scope: wire.scope,
    atomId: wire.atom_id,
    status: wire.status,
    checks: (wire.checks ?? []).map(toCheck),
    seconds: wire.duration_seconds,
    createdAt: wire.created_at,
  };
}

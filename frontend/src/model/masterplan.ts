import type { WireDiscovery, WireMasterplan, WireMasterplanDetail, WireTask } from "@/api/wire";
import { type Run, toRun } from "./run";

export interface Masterplan {
  id: string;
  name: string;
  description: string;
  status: string;
  sourceKind: string;
  owner: string;
  /** The team that sees the plan too. */
  team: string | null;
  rootPackage: string | null;
  tasksTotal: number;
  atomsTotal: number | null;
  languages: string[];
  budget: number | null;
  createdAt: string;
  updatedAt: string;
  latestRun: Run | null;
}

export interface Task {
  id: string;
  number: number;
  name: string;
  description: string;
  path: string;
  language: string;
  hasDraft: boolean;
  loc: number;
  parseOk: boolean | null;
  problem: { line: number; column: number; message: string } | null;
  dependsOn: string[];
  acceptance: string[];
  atomsTotal: number | null;
}

export interface MasterplanDetail extends Masterplan {
  tasks: Task[];
  graphId: string | null;
  testsTotal: number;
  /** What the model found in the brief that this plan came from. */
  discovery: WireDiscovery | null;
  /** Teams that I may share it with; null: I may not. */
  teamChoices: string[] | null;
}

export function toMasterplan(wire: WireMasterplan): Masterplan {
  return {
    id: wire.masterplan_id,
    name: wire.name,
    description: wire.description ?? "",
    status: wire.status,
    sourceKind: wire.source_kind,
    owner: wire.owner,
    team: wire.team,
    rootPackage: wire.root_package || null,
    tasksTotal: wire.tasks_total,
    atomsTotal: wire.atoms_total,
    languages: wire.languages ?? [],
    budget: wire.budget_usd,
    createdAt: wire.created_at,
    updatedAt: wire.updated_at,
    latestRun: wire.latest_run ? toRun(wire.latest_run) : null,
  };
}

const toTask = (wire: WireTask): Task => ({
  id: wire.task_id,
  number: wire.task_number,
  name: wire.name,
  description: wire.description ?? "",
  path: wire.target_path,
  language: wire.language,
  hasDraft: wire.has_draft,
  loc: wire.loc,
  parseOk: wire.parse_ok,
  problem: wire.problem,
  dependsOn: wire.depends_on ?? [],
  acceptance: (wire.acceptance_tests ?? []).map((test) => test.description || (test.test ?? "")),
  atomsTotal: wire.atoms_total,
});

export function toMasterplanDetail(wire: WireMasterplanDetail): MasterplanDetail {
  return {
    ...toMasterplan(wire),
    tasks: (wire.tasks ?? []).map(toTask),
    graphId: wire.graph_id,
    testsTotal: wire.tests_total ?? 0,
    discovery: wire.discovery ?? null,
    teamChoices: wire.team_choices ?? null,
  };
}

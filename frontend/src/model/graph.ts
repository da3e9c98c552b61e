import type { WireDifference, WireGraph, WireGraphRow, WireImpact } from "@/api/wire";

export interface GraphNode {
  id: string;
  symbol: string;
  path: string;
  kind: string;
  wave: number;
  place: number;
  depth: number;
  unit: number | null;
  loc: number;
}

/** `from` needs `to`; where it orders, `from` waits. `broken`: why a cycle was cut here. */
export interface GraphEdge {
  from: string;
  to: string;
  type: string;
  weight: number;
  orders: boolean;
  broken: string | null;
}

export interface Difference {
  from: string;
  to: string;
  type: string;
  symbol: string;
  line: number | null;
  late: boolean;
}

export interface Reconciliation {
  runId: string;
  changedAtoms: number;
  unplannedTotal: number;
  unwiredTotal: number;
  unplanned: Difference[];
  unwired: Difference[];
  unparsed: string[];
}

export interface Boundary {
  scope: string;
  atomCount: number;
  firstAtom: string | null;
}

export interface Graph {
  id: string;
  planId: string;
  planName: string;
  ordering: string;
  updatedAt: string;
  unresolvedTotal: number;
  wavesTotal: number;
  maxDepth: number;
  criticalPath: string[];
  modules: Boundary[];
  components: Boundary[];
  reconciliation: Reconciliation | null;
  nodes: GraphNode[];
  edges: GraphEdge[];
}

export interface GraphRow {
  id: string;
  planName: string;
  atoms: number;
  edges: number;
  waves: number;
  updatedAt: string;
}

export interface Impact {
  revalidateTotal: number;
  reopenTotal: number;
}

const toDifference = ({ from, to, type, symbol, line, late }: WireDifference): Difference => ({
  from,
  to,
  type,
  symbol,
  line,
  late,
});

export function toGraph(wire: WireGraph): Graph {
  const known = wire.reconciliation;
  return {
    id: wire.graph_id,
    planId: wire.masterplan_id,
    planName: wire.masterplan_name,
    ordering: wire.ordering,
    updatedAt: wire.updated_at,
    unresolvedTotal: wire.unresolved_total,
    wavesTotal: wire.total_waves,
    maxDepth: wire.max_depth,
    criticalPath: wire.critical_path,
    modules: wire.modules.map(toBoundary),
    components: wire.components.map(toBoundary),
    reconciliation: known && {
      runId: known.run_id,
      changedAtoms: known.changed_atoms,
      unplannedTotal: known.unplanned_total,
      unwiredTotal: known.unwired_total,
      unplanned: known.unplanned.map(toDifference),
      unwired: known.unwired.map(toDifference),
      unparsed: known.unparsed,
    },
    nodes: wire.nodes.map(({ atom_id, ...rest }) => ({ id: atom_id, ...rest })),
    edges: wire.edges,
  };
}

const toBoundary = (wire: WireGraph["modules"][number]): Boundary => ({
  scope: wire.scope,
  atomCount: wire.atom_count,
  firstAtom: wire.first_atom,
});

export const toGraphRow = (wire: WireGraphRow): GraphRow => ({
  id: wire.graph_id,
  planName: wire.masterplan_name,
  atoms: wire.total_atoms,
  edges: wire.total_edges,
  waves: wire.total_waves,
  updatedAt: wire.updated_at,
});

export const toImpact = (wire: WireImpact): Impact => ({
  revalidateTotal: wire.revalidate_total,
  reopenTotal: wire.reopen_total,
});

import type { WireAtom, WireGraph, WireRunAtom } from "../../src/api/wire";
import { atom } from "./cast";
import type { MockServer } from "./mock";

const STATUSES: WireRunAtom["status"][] = ["passed", "passed", "failed", "running", "ready", "pending", "skipped"];
/** Like a real plan in interface ordering: most atoms wait for nobody. */
const SHARES = [0.55, 0.75, 0.86, 0.93, 0.97, 1];

interface Size {
  atoms: number;
  edges: number;
}

export function wireGraph({ atoms, edges }: Size, over: Partial<WireGraph> = {}): WireGraph {
  const rows = new Map<number, number>();
  const nodes = Array.from({ length: atoms }, (_, n) => {
    const wave = 1 + SHARES.findIndex((share) => n < Math.max(1, share * atoms));
    const place = rows.get(wave) ?? 0;
    rows.set(wave, place + 1);
    return {
      atom_id: `atom-${n}`,
      symbol: n % 5 === 0 ? `Cart${n}` : `Cart${n - (n % 5)}.method_with_a_long_name_${n}`,
      path: `shop/part${n % 17}.py`,
      kind: n % 5 === 0 ? "class_header" : "method",
      wave,
      place,
      depth: 7 - wave,
      unit: null,
      loc: 5,
    };
  });
  const made = Array.from({ length: edges }, (_, n) => {
    const from = 1 + ((n * 7919) % (atoms - 1));
    const to = (from * 31 + n) % from;
    const orders = nodes[from]?.wave !== nodes[to]?.wave && n % 2 === 0;
    return {
      from: `atom-${from}`,
      to: `atom-${to}`,
      type: "data" as const,
      weight: orders ? 1 : 0.7,
      orders,
      broken: null,
    };
  });
  const firsts = [...new Map(nodes.map((node) => [node.wave, node.atom_id])).values()];
  return {
    graph_id: "graph-1",
    masterplan_id: "plan-1",
    masterplan_name: "Shop example",
    ordering: "interface",
    updated_at: "2026-11-20T10:00:00Z",
    unresolved_total: 3,
    total_atoms: atoms,
    total_edges: edges,
    max_depth: 6,
    total_waves: Math.max(...nodes.map((node) => node.wave)),
    critical_path: firsts,
    modules: [{ scope: "shop/part0.py", atom_count: 4, first_atom: "atom-0" }],
    components: [{ scope: "shop", atom_count: atoms, first_atom: "atom-0" }],
    reconciliation: null,
    nodes,
    edges: made,
    ...over,
  };
}

export const SMALL: Size = { atoms: 120, edges: 260 };

/** A graph and the run that is on it, with an answer for every atom that is asked for. */
export function graphWorld(server: MockServer, graph: WireGraph = wireGraph(SMALL)): void {
  const states = graph.nodes.map(
    (node, n): WireRunAtom => ({
      atom_id: node.atom_id,
      path: node.path,
      symbol: node.symbol,
      kind: node.kind,
      start_line: 1,
      end_line: 6,
      loc: 5,
      wave: node.wave,
      status: node.wave < 3 ? (n % 9 === 4 ? "failed" : "passed") : (STATUSES[n % STATUSES.length] ?? "pending"),
      attempts: 0,
      confidence: null,
      suspiciousness: 0,
      review_id: null,
    }),
  );
  server
    .json("GET", /graphs$/, {
      graphs: [{ ...graph, nodes: undefined, edges: undefined }],
      total: 1,
    })
    .json("GET", /graphs\/graph-1$/, graph)
    .json("GET", /runs\/run-1\/atoms$/, { results: states, next: null })
    .json("GET", /atoms\/atom-\d+\/impact$/, {
      atom_id: "atom-1",
      change: "contract",
      revalidate_total: 12,
      reopen_total: 3,
      revalidate: [],
      reopen: [],
    })
    .on("GET", /atoms\/atom-\d+$/, ({ path }) => ({ json: detail(graph, path.split("/").at(-1) ?? "") }));
}

function detail(graph: WireGraph, id: string): WireAtom {
  const end = (other: string, weight: number) => {
    const node = graph.nodes.find((one) => one.atom_id === other);
    const reasons = [{ type: "data", symbol: node?.symbol ?? "", line: 12 }];
    return {
      atom_id: other,
      path: node?.path ?? "",
      symbol: node?.symbol ?? "",
      type: "data" as const,
      weight,
      reasons,
    };
  };
  return {
    ...atom(),
    atom_id: id,
    edges: {
      needs: graph.edges.filter((edge) => edge.from === id).map((edge) => end(edge.to, edge.weight)),
      needed_by: graph.edges.filter((edge) => edge.to === id).map((edge) => end(edge.from, edge.weight)),
    },
  };
}

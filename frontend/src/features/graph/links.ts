import type { GraphEdge } from "@/model/graph";

export interface Links {
  /** Edges by the atom that needs. */
  needs: Map<string, GraphEdge[]>;
  /** Edges by the atom that is needed. */
  neededBy: Map<string, GraphEdge[]>;
}

export function linksOf(edges: readonly GraphEdge[]): Links {
  const links: Links = { needs: new Map(), neededBy: new Map() };
  for (const edge of edges) {
    push(links.needs, edge.from, edge);
    push(links.neededBy, edge.to, edge);
  }
  return links;
}

function push(map: Map<string, GraphEdge[]>, key: string, edge: GraphEdge): void {
  const list = map.get(key);
  if (list) list.push(edge);
  else map.set(key, [edge]);
}

export interface Surroundings {
  /** The atom, what it needs and what needs it, nearest first, at most `cap`. */
  atoms: Set<string>;
  edges: GraphEdge[];
  /** How many more there are within the depth. */
  hidden: number;
}

export const CAP = 150;
export const ALL = 99;

/** Ancestors and descendants of one atom. Edges between them are kept; more than `cap` atoms are only counted. */
export function surroundings(links: Links, atom: string, depth: number, cap: number = CAP): Surroundings {
  const far = new Set([atom]);
  const atoms = new Set([atom]);
  let up = [atom];
  let down = [atom];
  const seen = { up: new Set([atom]), down: new Set([atom]) };
  for (let step = 0; step < depth && (up.length > 0 || down.length > 0); step += 1) {
    up = further(up, seen.up, (id) => links.needs.get(id)?.map((edge) => edge.to));
    down = further(down, seen.down, (id) => links.neededBy.get(id)?.map((edge) => edge.from));
    for (const id of [...up, ...down]) {
      far.add(id);
      if (atoms.size < cap) atoms.add(id);
    }
  }
  const edges = [...atoms].flatMap((id) => (links.needs.get(id) ?? []).filter((edge) => atoms.has(edge.to)));
  return { atoms, edges, hidden: far.size - atoms.size };
}

function further(from: string[], seen: Set<string>, next: (id: string) => string[] | undefined): string[] {
  const found: string[] = [];
  for (const id of from) {
    for (const other of next(id) ?? []) {
      if (seen.has(other)) continue;
      seen.add(other);
      found.push(other);
    }
  }
  return found;
}

/** The edges between one atom of the critical path and the next. */
export function pathEdges(links: Links, path: readonly string[]): GraphEdge[] {
  return path.flatMap((atom, index) => {
    const next = path[index + 1];
    return (links.neededBy.get(atom) ?? []).filter((edge) => edge.from === next);
  });
}

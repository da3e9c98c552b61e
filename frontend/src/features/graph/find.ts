import type { GraphNode } from "@/model/graph";

/** What to call an atom where its file does not stand beside it: code outside functions has no name but the file's. */
export const nameOf = ({ symbol, path }: GraphNode): string =>
  symbol === "" || symbol === "<module>" ? path.slice(path.lastIndexOf("/") + 1) : symbol;

const ELSEWHERE = 3;

/** How well a name fits: its last part is what was typed, begins so, the name holds it, or only the file does. */
function rankOf({ symbol, path }: GraphNode, wanted: string): number {
  const name = symbol.toLowerCase();
  const last = name.slice(name.lastIndexOf(".") + 1);
  if (name === wanted || last === wanted) return 0;
  if (last.startsWith(wanted) || name.startsWith(wanted)) return 1;
  if (name.includes(wanted)) return 2;
  return `${name} ${path.toLowerCase()}`.includes(wanted) ? ELSEWHERE : ELSEWHERE + 1;
}

/** The atoms that the typed words may mean, best first; of those that fit alike the shortest name. */
export function findAtoms(nodes: readonly GraphNode[], words: string, most: number): GraphNode[] {
  const wanted = words.trim().toLowerCase();
  if (wanted === "") return [];
  return nodes
    .map((node) => ({ node, rank: rankOf(node, wanted) }))
    .filter(({ rank }) => rank <= ELSEWHERE)
    .sort((a, b) => a.rank - b.rank || a.node.symbol.length - b.node.symbol.length)
    .slice(0, most)
    .map(({ node }) => node);
}

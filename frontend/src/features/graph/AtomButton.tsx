import type { GraphNode } from "@/model/graph";
import { Visible } from "@/ui/Visible";

interface AtomButtonProps {
  atom: string;
  nodes: ReadonlyMap<string, GraphNode>;
  onSelect: (atom: string) => void;
}

/** The name of an atom; pressing it chooses the atom. */
export function AtomButton({ atom, nodes, onSelect }: AtomButtonProps) {
  const node = nodes.get(atom);
  if (!node) return <span className="muted">an atom that is gone</span>;
  return (
    <button type="button" className="link-button" onClick={() => onSelect(atom)}>
      <Visible text={node.symbol || node.kind} /> <span className="muted small">{node.path}</span>
    </button>
  );
}

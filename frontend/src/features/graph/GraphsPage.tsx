import { Link } from "@tanstack/react-router";
import { useEffect } from "react";
import { plural } from "@/lib/format";
import { useRowKeys } from "@/lib/keys/useRowKeys";
import { Ago } from "@/ui/Ago";
import { Page } from "@/ui/Page";
import { Empty, ErrorState, Skeleton } from "@/ui/states";
import { Visible } from "@/ui/Visible";
import { useGraphs } from "./api/getGraphs";

interface GraphsPageProps {
  /** Asks for the graph of one plan, which then opens at once. */
  plan: string | undefined;
  onOpen: (graphId: string) => void;
}

/** Every plan that has a graph, the newest first. */
export function GraphsPage({ plan, onOpen }: GraphsPageProps) {
  useRowKeys();
  const graphs = useGraphs(plan);
  const rows = graphs.data?.rows ?? [];
  const only = plan === undefined ? undefined : rows[0]?.id;
  useEffect(() => {
    if (only !== undefined) onOpen(only);
  }, [only, onOpen]);
  return (
    <Page title="Graphs">
      {graphs.isPending && <Skeleton label="Loading graphs" />}
      {graphs.isError && <ErrorState error={graphs.error} onRetry={() => void graphs.refetch()} />}
      {graphs.isSuccess && rows.length === 0 && (
        <Empty icon="graph" title="No graph yet">
          A plan's graph is built when its first V2 run starts. <Link to="/masterplans">Go to the plans</Link>
        </Empty>
      )}
      {rows.length > 0 && (
        <table className="list stacks">
          <thead>
            <tr>
              <th scope="col">Plan</th>
              <th scope="col" className="number">
                Atoms
              </th>
              <th scope="col" className="number">
                Edges
              </th>
              <th scope="col" className="number">
                Waves
              </th>
              <th scope="col">Built</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.id}>
                <th scope="row">
                  <Link to="/graph/$graphId" params={{ graphId: row.id }} className="row-link">
                    <Visible text={row.planName} />
                  </Link>
                </th>
                <td className="number" data-label="Atoms">
                  {row.atoms.toLocaleString("en")}
                </td>
                <td className="number" data-label="Edges">
                  {row.edges.toLocaleString("en")}
                </td>
                <td className="number" data-label="Waves">
                  {row.waves}
                </td>
                <td data-label="Built">
                  <Ago at={row.updatedAt} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {graphs.data && graphs.data.total > rows.length && (
        <p className="muted small">{`${plural(graphs.data.total - rows.length, "older graph")} not listed: open its plan.`}</p>
      )}
    </Page>
  );
}

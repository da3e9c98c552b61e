import { Link } from "@tanstack/react-router";
import { useCallback, useMemo, useRef, useState } from "react";
import { plural } from "@/lib/format";
import type { Graph } from "@/model/graph";
import { Icon } from "@/ui/Icon";
import { Page } from "@/ui/Page";
import { Empty, ErrorState, Skeleton } from "@/ui/states";
import { Tabs } from "@/ui/Tabs";
import { AtomPanel } from "./AtomPanel";
import { useGraph } from "./api/getGraph";
import { useNewestRun } from "./api/getRunOfPlan";
import { Boundaries } from "./Boundaries";
import { CyclePanel } from "./CyclePanel";
import { GraphTable } from "./GraphTable";
import "./graph.css";
import { Legend } from "./Legend";
import { type Layout, layoutOf, wavesOf } from "./layout";
import { ALL, linksOf, pathEdges, surroundings } from "./links";
import { PlanAndCode } from "./PlanAndCode";
import { DEPTHS, type GraphSearch, type View } from "./search";
import { PLANNED } from "./shapes";
import { DrawingControls, Find } from "./Toolbar";
import { useGraphKeys } from "./useGraphKeys";
import { useStatuses } from "./useStatuses";
import { WaveCanvas } from "./WaveCanvas";

interface GraphPageProps {
  graphId: string;
  search: GraphSearch;
  onSearch: (search: GraphSearch) => void;
  onOpenAtom: (atom: string, run: string | undefined) => void;
}

export function GraphPage({ graphId, search, onSearch, onOpenAtom }: GraphPageProps) {
  const graph = useGraph(graphId, search.run);
  const lead = (
    <Link to="/graph" className="back">
      <Icon name="back" /> Graphs
    </Link>
  );
  if (!graph.data) {
    return (
      <Page title="Graph" lead={lead}>
        {graph.isError ? (
          <ErrorState error={graph.error} onRetry={() => void graph.refetch()} />
        ) : (
          <Skeleton rows={12} label="Loading the graph" />
        )}
      </Page>
    );
  }
  return (
    <Page title={graph.data.planName} lead={lead} actions={<Places graph={graph.data} run={search.run} />}>
      {graph.data.nodes.length === 0 ? (
        <Empty icon="graph" title="No atoms">
          The plan's files hold no code.
        </Empty>
      ) : (
        <>
          <Sums graph={graph.data} />
          <GraphView graph={graph.data} search={search} onSearch={onSearch} onOpenAtom={onOpenAtom} />
        </>
      )}
    </Page>
  );
}

function Sums({ graph }: { graph: Graph }) {
  const orders = graph.edges.filter((edge) => edge.orders).length;
  return (
    <p className="page-sub">
      {plural(graph.nodes.length, "atom")} in {plural(graph.wavesTotal, "wave")} ·{" "}
      {graph.edges.length === 0
        ? "no edges: no atom needs another"
        : `${plural(graph.edges.length, "edge")}, ${plural(orders, "of them orders", "of them order")}`}{" "}
      · {graph.ordering} ordering
      {graph.unresolvedTotal > 0 && ` · ${plural(graph.unresolvedTotal, "use")} that nothing answers`}
    </p>
  );
}

function Places({ graph, run }: { graph: Graph; run: string | undefined }) {
  return (
    <>
      <Link to="/masterplans/$planId" params={{ planId: graph.planId }} className="button plain">
        Plan
      </Link>
      {run && (
        <Link to="/runs/$runId" params={{ runId: run }} className="button plain">
          Run
        </Link>
      )}
    </>
  );
}

const isNarrow = () => window.matchMedia("(max-width: 767px)").matches;

function GraphView({ graph, search, onSearch, onOpenAtom }: Omit<GraphPageProps, "graphId"> & { graph: Graph }) {
  const newest = useNewestRun(graph.planId);
  const run = search.run ?? newest?.id;
  const statuses = useStatuses(run);
  const nodes = useMemo(() => new Map(graph.nodes.map((node) => [node.id, node])), [graph.nodes]);
  const waves = useMemo(() => wavesOf(graph.nodes), [graph.nodes]);
  const links = useMemo(() => linksOf(graph.edges), [graph.edges]);
  const [narrow] = useState(isNarrow);
  const find = useRef<HTMLInputElement>(null);
  const layout = useRef<Layout>(layoutOf(waves, "cells", 500));

  const view: View = search.view ?? (narrow ? "table" : "waves");
  const zoom = search.zoom ?? "cells";
  const depth = search.depth ?? 2;
  const selected = search.atom && nodes.has(search.atom) ? search.atom : null;
  const around = useMemo(
    () => (selected === null ? null : surroundings(links, selected, depth === DEPTHS ? ALL : depth)),
    [links, selected, depth],
  );
  const critical = useMemo(() => {
    if (!search.critical || graph.criticalPath.length < 2) return null;
    return { atoms: new Set(graph.criticalPath), edges: pathEdges(links, graph.criticalPath) };
  }, [graph.criticalPath, links, search.critical]);

  const change = (part: GraphSearch) => onSearch({ ...search, ...part });
  const select = (atom: string | null) => change({ atom: atom ?? undefined });
  const remember = useCallback((made: Layout) => {
    layout.current = made;
  }, []);
  useGraphKeys({
    layout,
    selected,
    zoom,
    find,
    change,
    critical: critical !== null,
    open: (atom) => onOpenAtom(atom, run),
  });

  const node = selected === null ? undefined : nodes.get(selected);
  const broken = useMemo(() => graph.edges.filter((edge) => edge.broken !== null).length, [graph.edges]);
  const differences = graph.reconciliation
    ? graph.reconciliation.unplannedTotal + graph.reconciliation.unwiredTotal
    : 0;
  return (
    <div className={node ? "graph-main chosen" : "graph-main"}>
      <div className="graph-views">
        <div className="toolbar">
          <Find nodes={graph.nodes} box={find} onSelect={select} />
          {view === "waves" && (
            <DrawingControls
              zoom={zoom}
              depth={depth}
              critical={critical !== null}
              pathLength={graph.criticalPath.length}
              onZoom={(next) => change({ zoom: next })}
              onDepth={(next) => change({ depth: next })}
              onCritical={() => change({ critical: critical ? undefined : true })}
            />
          )}
        </div>
        <Tabs<View>
          label="Views of the graph"
          value={view}
          onChange={(next) => change({ view: next })}
          tabs={[
            { id: "waves", label: "Waves" },
            { id: "table", label: "Table" },
            { id: "cycles", label: "Cycles", count: broken },
            { id: "code", label: "Plan and code", count: differences },
            { id: "boundaries", label: "Boundaries" },
          ]}
        >
          {view === "waves" && (
            <>
              <WaveCanvas
                {...{ graph, zoom, statuses, nodes, selected, around, critical }}
                onSelect={select}
                onLayout={remember}
              />
              <Legend statuses={statuses} nodes={nodes} />
              {around && around.hidden > 0 && <p className="small">{`+${around.hidden} more atoms at this depth`}</p>}
            </>
          )}
          {view === "table" && <GraphTable {...{ waves, nodes, links, statuses, selected }} onSelect={select} />}
          {view === "cycles" && <CyclePanel graph={graph} nodes={nodes} onSelect={select} />}
          {view === "code" && <PlanAndCode found={graph.reconciliation} nodes={nodes} onSelect={select} />}
          {view === "boundaries" && <Boundaries graph={graph} onSelect={select} />}
        </Tabs>
      </div>
      {node && (
        <AtomPanel
          key={node.id}
          node={node}
          status={statuses.get(node.id) ?? PLANNED}
          links={links}
          hidden={around?.hidden ?? 0}
          run={run}
          onClose={() => select(null)}
        />
      )}
    </div>
  );
}

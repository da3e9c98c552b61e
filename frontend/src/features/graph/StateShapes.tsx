import { memo, useMemo } from "react";
import type { Layout } from "./layout";
import { statePaths } from "./shapes";

interface StateShapesProps {
  layout: Layout;
  statuses: ReadonlyMap<string, string>;
  only?: ReadonlySet<string>;
  className: string;
}

/** All cells: one path a state, drawn anew only when a state or the layout changed. */
export const StateShapes = memo(function StateShapes({ layout, statuses, only, className }: StateShapesProps) {
  const paths = useMemo(() => statePaths(layout, statuses, only), [layout, statuses, only]);
  return (
    <g className={className}>
      {paths.map(({ status, tone, d }) => (
        <path key={status} className={`atom-shape ${tone} ${status}`} fillRule="evenodd" d={d} />
      ))}
    </g>
  );
});

import { memo } from "react";
import { toneOf } from "@/ui/Status";
import { HEAD, type Layout } from "./layout";
import { PLANNED, SHAPE_ORDER, shapeOf } from "./shapes";

const place = (status: string) => (SHAPE_ORDER.includes(status) ? SHAPE_ORDER.indexOf(status) : SHAPE_ORDER.length);

/** Each wave as one bar, split by state; the state's shape stands on its part where there is room. */
export const WaveBars = memo(function WaveBars({
  layout,
  statuses,
}: {
  layout: Layout;
  statuses: ReadonlyMap<string, string>;
}) {
  return layout.waves.map((box) => {
    const counts = new Map<string, number>();
    for (const atom of box.atoms) {
      const status = statuses.get(atom) ?? PLANNED;
      counts.set(status, (counts.get(status) ?? 0) + 1);
    }
    const height = Math.max(box.height, 6);
    let y = HEAD;
    return [...counts]
      .sort(([a], [b]) => place(a) - place(b))
      .map(([status, count]) => {
        const part = (count / box.atoms.length) * height;
        const top = y;
        y += part;
        return (
          <g key={`${box.number}${status}`}>
            <rect className={`share ${toneOf(status)} ${status}`} x={box.x} y={top} width={box.width} height={part} />
            {part > 20 && (
              <path className="share-mark" fillRule="evenodd" d={shapeOf(status)(box.x + 6, top + 5, 10)} />
            )}
          </g>
        );
      });
  });
});

import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useRef } from "react";
import type { ReviewRow } from "@/model/review";
import { Button } from "@/ui/Button";
import type { Unsents } from "./decisions";
import { QueueRow, ROW_HEIGHT } from "./QueueRow";

interface QueuePaneProps {
  rows: ReviewRow[];
  selectedId: string | null;
  unsents: Unsents;
  /** False while the server has more rows than are loaded. */
  complete: boolean;
  me: string;
  onSelect: (id: string) => void;
  onNearEnd: () => void;
}

const OVERSCAN = 6;

/** The queue as a list box: only rows near the view exist, and the selected one always does. */
export function QueueList({ rows, selectedId, unsents, complete, me, onSelect, onNearEnd }: QueuePaneProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const selected = rows.findIndex((row) => row.id === selectedId);
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
    getItemKey: (index) => rows[index]?.id ?? index,
    rangeExtractor: ({ startIndex, endIndex, overscan, count }) => {
      const from = Math.max(0, startIndex - overscan);
      const to = Math.min(count - 1, endIndex + overscan);
      const indexes = Array.from({ length: to - from + 1 }, (_, step) => from + step);
      if (selected >= 0 && selected < count && (selected < from || selected > to)) indexes.push(selected);
      return indexes.sort((a, b) => a - b);
    },
  });
  // All rows have one height: the place of the selected one is known, and reached before it is painted.
  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box || selected < 0) return;
    const [top, bottom] = [selected * ROW_HEIGHT, (selected + 1) * ROW_HEIGHT];
    if (top < box.scrollTop) box.scrollTop = top;
    else if (bottom > box.scrollTop + box.clientHeight) box.scrollTop = bottom - box.clientHeight;
  }, [selected]);
  const items = list.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (rows.length > 0 && last >= rows.length * 0.7) onNearEnd();
  }, [last, rows.length, onNearEnd]);
  return (
    <div
      ref={scroller}
      className="queue-list"
      role="listbox"
      aria-label="Review queue"
      tabIndex={0}
      aria-activedescendant={selected >= 0 ? `row-${selectedId}` : undefined}
    >
      <div role="presentation" style={{ height: list.getTotalSize(), position: "relative" }}>
        {items.map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          return (
            <QueueRow
              key={row.id}
              row={row}
              top={item.start}
              selected={row.id === selectedId}
              position={item.index + 1}
              total={complete ? rows.length : -1}
              failed={unsents[row.id]?.state === "failed"}
              me={me}
              onSelect={onSelect}
            />
          );
        })}
      </div>
    </div>
  );
}

export function Arrivals({ count, onLoad }: { count: number; onLoad: () => void }) {
  if (count === 0) return null;
  return (
    <div className="arrivals">
      <Button command="review.loadNew" onClick={onLoad}>
        {`${count} new`}
      </Button>
    </div>
  );
}

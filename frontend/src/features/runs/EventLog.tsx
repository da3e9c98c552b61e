import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import { moment } from "@/lib/format";
import { useCommands } from "@/lib/keys/useCommands";
import type { LiveFrame } from "@/model/frame";
import { isFinal, type RunDetail } from "@/model/run";
import { Button } from "@/ui/Button";
import { ErrorNote } from "@/ui/ErrorNote";
import { Card } from "@/ui/Page";
import { Visible } from "@/ui/Visible";
import { useEventLog } from "./useEventLog";

const BRIEF = 160;
const ROW_HEIGHT = 34;

function brief(frame: LiveFrame): string {
  const text = JSON.stringify(frame.data);
  return text.length > BRIEF ? `${text.slice(0, BRIEF)}…` : text;
}

/** Events, the newest first: as they arrive, held still to read, and those before. Only rows near the view exist. */
export function EventLog({ run, frames }: { run: RunDetail; frames: LiveFrame[] }) {
  const { shown, held, complete, load, toggle } = useEventLog(run.id, run.asOfId, frames);
  useCommands({ "run.hold": toggle });
  const { mutate } = load;
  const over = isFinal(run);
  // Nothing will come any more: what there is to read are the last events.
  useEffect(() => {
    if (over) mutate();
  }, [over, mutate]);
  const hold = (
    <Button icon={held ? "play" : "pause"} command="run.hold" onClick={toggle}>
      {held ? "Follow" : "Hold"}
    </Button>
  );
  return (
    <Card title="Events" aside={hold}>
      {shown.length === 0 && !over && <p className="muted">Nothing has happened since this page was opened.</p>}
      {shown.length > 0 && <EventRows rows={shown} />}
      {load.isError && <ErrorNote title="Older events did not come" error={load.error} />}
      {complete ? (
        <p className="muted small">These are all events of the run.</p>
      ) : (
        <Button busy={load.isPending} onClick={() => load.mutate()}>
          Load older events
        </Button>
      )}
    </Card>
  );
}

function EventRows({ rows }: { rows: LiveFrame[] }) {
  const scroller = useRef<HTMLDivElement>(null);
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
  });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section ref={scroller} className="events" tabIndex={0} aria-label="Events of the run">
      <ol style={{ height: list.getTotalSize() }}>
        {list.getVirtualItems().map(({ index, start }) => {
          const frame = rows[index];
          if (!frame) return null;
          return (
            <li
              key={frame.id ?? `at-${rows.length - index}`}
              aria-posinset={index + 1}
              aria-setsize={rows.length}
              style={{ transform: `translateY(${start}px)`, height: ROW_HEIGHT }}
            >
              <time className="muted" dateTime={frame.at ?? undefined} title={moment(frame.at)}>
                {frame.at ? new Date(frame.at).toLocaleTimeString() : ""}
              </time>
              <strong>{frame.type}</strong>
              <code>
                <Visible text={brief(frame)} />
              </code>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

import { useState } from "react";
import { useCommands } from "@/lib/keys/useCommands";
import type { LiveFrame } from "@/model/frame";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Page";
import { Visible } from "@/ui/Visible";

const SHOWN = 100;
const BRIEF = 160;

function brief(frame: LiveFrame): string {
  const text = JSON.stringify(frame.data);
  return text.length > BRIEF ? `${text.slice(0, BRIEF)}…` : text;
}

/** Events as they arrive, newest first; it can be held still to read. */
export function EventLog({ frames }: { frames: LiveFrame[] }) {
  const [held, setHeld] = useState<LiveFrame[] | null>(null);
  const shown = (held ?? frames).slice(-SHOWN).reverse();
  const toggle = () => setHeld(held ? null : frames);
  useCommands({ "run.hold": toggle });
  const hold = (
    <Button icon={held ? "play" : "pause"} command="run.hold" onClick={toggle}>
      {held ? "Follow" : "Hold"}
    </Button>
  );
  return (
    <Card title="Events" aside={hold}>
      {shown.length === 0 && <p className="muted">Nothing has happened since this page was opened.</p>}
      <ol className="events">
        {shown.map((frame, index) => (
          <li key={frame.id ?? `at-${index}`}>
            <time className="muted">{frame.at ? new Date(frame.at).toLocaleTimeString() : ""}</time>
            <strong>{frame.type}</strong>
            <code>
              <Visible text={brief(frame)} />
            </code>
          </li>
        ))}
      </ol>
    </Card>
  );
}

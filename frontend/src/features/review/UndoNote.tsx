import { useEffect, useState } from "react";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Visible } from "@/ui/Visible";
import type { Recent, Undoing } from "./useUndo";

const SHOWN_MS = 8000;

/** The last decision, for eight seconds, with the way back; the key works later too. */
export function UndoNote({ undoing }: { undoing: Undoing }) {
  const last = undoing.recent.at(-1);
  return last ? <Fading key={last.reviewId} entry={last} undoing={undoing} /> : null;
}

function Fading({ entry, undoing }: { entry: Recent; undoing: Undoing }) {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setOver(true), SHOWN_MS);
    return () => clearTimeout(timer);
  }, []);
  if (over) return null;
  return (
    <div className="undo-note" data-testid="undo-note">
      <Icon name="check" size={14} />
      <span className="undo-text">
        <Visible text={entry.text} />
      </span>
      <Button command="review.undo" busy={undoing.busy} onClick={() => undoing.undoLast(entry.reviewId)}>
        Undo
      </Button>
    </div>
  );
}

import { memo } from "react";
import { score, words } from "@/lib/format";
import type { ReviewRow } from "@/model/review";
import { Ago } from "@/ui/Ago";
import { Icon, type IconName } from "@/ui/Icon";
import { toneOf } from "@/ui/Status";
import { Visible } from "@/ui/Visible";
import { decidedWord } from "./decided";

export const ROW_HEIGHT = 68;

interface QueueRowProps {
  row: ReviewRow;
  top: number;
  selected: boolean;
  position: number;
  total: number;
  failed: boolean;
  me: string;
  onSelect: (id: string) => void;
}

type Look = readonly [tone: string, icon: IconName, word: string];

/** Colour, icon and word say the same: none of them is alone in it. */
const look = (confidence: number | null): Look => {
  if (confidence === null) return ["muted", "clock", "unknown"];
  if (confidence < 0.5) return ["bad", "low", "low"];
  return confidence < 0.8 ? ["warn", "middle", "middle"] : ["good", "high", "high"];
};

export const QueueRow = memo(function QueueRow(props: QueueRowProps) {
  const { row, top, selected, position, total, failed, me, onSelect } = props;
  const [tone, icon, word] = look(row.confidence);
  const holder = row.assignedTo !== null && row.assignedTo !== me ? row.assignedTo : null;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a list box is moved through by the keys of the page
    <div
      id={`row-${row.id}`}
      role="option"
      tabIndex={-1}
      aria-selected={selected}
      aria-posinset={position}
      aria-setsize={total}
      className={`queue-row${selected ? " selected" : ""}${failed ? " unsent" : ""}`}
      style={{ transform: `translateY(${top}px)`, height: ROW_HEIGHT }}
      onClick={() => onSelect(row.id)}
    >
      <span className={`confidence ${tone}`}>
        <span className="sr-only">{word} confidence </span>
        <Icon name={icon} size={11} />
        {score(row.confidence)}
      </span>
      <span className="queue-text">
        <span className="queue-name">
          <Visible text={row.symbol || words(row.kind)} />
        </span>
        <span className="queue-path">
          <bdi>
            <Visible text={row.line === null ? row.path : `${row.path}:${row.line}`} />
          </bdi>
        </span>
        <span className="queue-meta">
          {failed && <span className="reason bad">not saved</span>}
          {row.reasons[0] && (
            <span className={`reason ${toneOf(row.atomStatus)}`}>
              <Visible text={row.reasons[0]} />
            </span>
          )}
          {row.decision && <span className="reason">{decidedWord(row.decision)}</span>}
          {row.wave !== null && <span>wave {row.wave}</span>}
          {holder ? (
            <span className="holder" title="holds this item">
              <span className="avatar" aria-hidden="true">
                {holder.slice(0, 1).toUpperCase()}
              </span>
              <Visible text={holder} />
            </span>
          ) : (
            <Ago at={row.createdAt} />
          )}
        </span>
      </span>
    </div>
  );
});

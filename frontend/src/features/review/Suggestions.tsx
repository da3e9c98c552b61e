import type { CommandId } from "@/lib/keys/commands";
import type { ReviewDetail } from "@/model/review";
import { Button, CommandKey } from "@/ui/Button";
import { Tag } from "@/ui/Status";
import { Visible } from "@/ui/Visible";
import { HelpSearch } from "./HelpSearch";

interface SuggestionsProps {
  detail: ReviewDetail;
  preview: number | null;
  canTake: boolean;
  onPreview: (index: number | null) => void;
  onTake: (code: string) => void;
}

const KEYS: CommandId[] = ["review.suggestion1", "review.suggestion2", "review.suggestion3"];

/** Fixes from the tools or the model. One with code can be looked at in the centre and taken into an edit. */
export function Suggestions({ detail, preview, canTake, onPreview, onTake }: SuggestionsProps) {
  const rows = detail.suggestions;
  return (
    <section>
      <header className="why-head">
        <h2>Suggestions</h2>
      </header>
      <HelpSearch key={detail.id} detail={detail} canAsk={canTake} onEnded={() => onPreview(null)} />
      <ol className="suggestions" hidden={rows.length === 0}>
        {rows.map((row, index) => {
          const shown = preview === index;
          const command = KEYS[index];
          return (
            <li key={`${row.source}${row.title}${row.code}`} className={shown ? "shown" : undefined}>
              <strong>
                <Visible text={row.title} />
              </strong>
              <p className="small">
                <Visible text={row.detail} />
              </p>
              <p className="suggestion-foot">
                <span className="muted small">
                  from <Visible text={row.source} />
                </span>
                <Tag tone={row.verified ? "good" : "muted"}>{row.verified ? "verified" : "not verified"}</Tag>
                {row.verified && <span className="muted small">tests run in run {detail.runId.slice(0, 8)}</span>}
              </p>
              {row.code !== null && (
                <p className="suggestion-foot">
                  <Button onClick={() => onPreview(shown ? null : index)} aria-pressed={shown}>
                    {shown ? "Hide" : "Preview"} {command && <CommandKey command={command} />}
                  </Button>
                  <Button disabled={!canTake} onClick={() => onTake(row.code ?? "")}>
                    Take into edit {shown && <CommandKey command="review.take" />}
                  </Button>
                </p>
              )}
            </li>
          );
        })}
      </ol>
    </section>
  );
}

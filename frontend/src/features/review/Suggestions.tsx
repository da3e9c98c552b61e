import { money } from "@/lib/format";
import { PREVIEWS } from "@/lib/keys/commands";
import type { ReviewDetail, Suggestion, SuggestionKind } from "@/model/review";
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

/** Fixes, other ways to write it, and what was found: each from the tools or the model, in lists of their own. */
export function Suggestions(props: SuggestionsProps) {
  const { detail, canTake, onPreview } = props;
  return (
    <>
      <section>
        <header className="why-head">
          <h2>Suggestions</h2>
        </header>
        <HelpSearch key={detail.id} detail={detail} canAsk={canTake} onEnded={() => onPreview(null)} />
        <SuggestionList {...props} kind="fix" label="Suggestions" />
      </section>
      <OwnSection {...props} kind="alternative" title="Alternatives" />
      <OwnSection {...props} kind="issue" title="Found by the checks" />
    </>
  );
}

interface ListProps extends SuggestionsProps {
  kind: SuggestionKind;
}

function OwnSection({ title, ...props }: ListProps & { title: string }) {
  if (!props.detail.suggestions.some((row) => row.kind === props.kind)) return null;
  return (
    <section>
      <header className="why-head">
        <h2>{title}</h2>
      </header>
      <SuggestionList {...props} label={title} />
    </section>
  );
}

/** Suggestions of one kind. The place of each among all of them is what its key and the preview go by. */
function SuggestionList({ detail, kind, label, ...acts }: ListProps & { label: string }) {
  const all = detail.suggestions.map((row, index) => ({ row, index })).filter(({ row }) => row.kind === kind);
  if (all.length === 0) return null;
  return (
    <ol className="suggestions" aria-label={label}>
      {all.map(({ row, index }) => (
        <OneSuggestion
          key={`${row.source}${row.title}${row.code}`}
          row={row}
          index={index}
          runId={detail.runId}
          {...acts}
        />
      ))}
    </ol>
  );
}

interface OneProps extends Omit<SuggestionsProps, "detail"> {
  row: Suggestion;
  index: number;
  runId: string;
}

function OneSuggestion({ row, index, runId, preview, canTake, onPreview, onTake }: OneProps) {
  const shown = preview === index;
  const command = PREVIEWS[index];
  return (
    <li className={shown ? "shown" : undefined}>
      <strong>
        <Visible text={row.title} />
      </strong>
      {row.detail && (
        <p className="small">
          <Visible text={row.detail} />
        </p>
      )}
      <p className="suggestion-foot">
        <Source row={row} />
        {row.code !== null && (
          <Tag tone={row.verified ? "good" : "muted"}>{row.verified ? "verified" : "not verified"}</Tag>
        )}
        {row.verified && <span className="muted small">tests run in run {runId.slice(0, 8)}</span>}
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
}

/** The tool, or the model with the price of the call that said this. */
function Source({ row }: { row: Suggestion }) {
  return (
    <span className="muted small">
      from <Visible text={row.model ?? row.source} />
      {row.model !== null && ` · ${row.cost === null ? "price unknown" : `${money(row.cost)} a call`}`}
    </span>
  );
}

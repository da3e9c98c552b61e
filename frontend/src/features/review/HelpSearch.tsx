import { useCommands } from "@/lib/keys/useCommands";
import type { Help, ReviewDetail } from "@/model/review";
import { Button } from "@/ui/Button";
import { ErrorNote } from "@/ui/ErrorNote";
import { Visible } from "@/ui/Visible";
import { useHelp } from "./api/help";

interface HelpSearchProps {
  detail: ReviewDetail;
  /** The item may be decided here, so help may be asked for. */
  canAsk: boolean;
  /** A search has ended: the list of suggestions is about to change. */
  onEnded: () => void;
}

/** Asks for more help than the tools gave by themselves: repairs tried against the failing tests, and the model. */
export function HelpSearch({ detail, canAsk, onEnded }: HelpSearchProps) {
  const { help, searching, ask } = useHelp(detail.id, detail.help, canAsk, onEnded);
  const may = canAsk && !searching && !ask.isPending;
  const fresh = help.state === null || help.state === "failed";
  const search = may && fresh ? () => ask.mutate(false) : undefined;
  const askModel = may && help.model !== null ? () => ask.mutate(true) : undefined;
  useCommands({ "review.help": search, "review.askModel": askModel });
  return (
    <div className="help-search">
      <p className="small" role="status">
        <Words help={help} />
      </p>
      {searching && (
        <progress
          aria-label="Repairs tried"
          {...(help.total === null ? {} : { max: Math.max(1, help.total), value: help.tried })}
        />
      )}
      {ask.isError && <ErrorNote title="No help came" error={ask.error} />}
      {canAsk && !searching && (
        <p className="suggestion-foot">
          {fresh && (
            <Button command="review.help" busy={ask.isPending} disabled={!search} onClick={search}>
              {help.state === "failed" ? "Search again" : "Search for a fix"}
            </Button>
          )}
          {help.model !== null && (
            <Button command="review.askModel" busy={ask.isPending} disabled={!askModel} onClick={askModel}>
              Ask the model
            </Button>
          )}
          {help.model !== null && (
            <span className="muted small">
              <Visible text={help.model} />: one call, booked on the run
            </span>
          )}
        </p>
      )}
    </div>
  );
}

function Words({ help }: { help: Help }) {
  if (help.state === null) return <span className="muted">Small repairs can be tried against the failing tests.</span>;
  if (help.state === "waiting") return <>The search waits for its turn.</>;
  if (help.state === "running") {
    if (help.total === null) return <>Searching: running the tests on this atom.</>;
    return (
      <>
        Searching: {help.tried} of {help.total} repairs tried.
      </>
    );
  }
  if (help.state === "failed") {
    return (
      <span className="bad">
        The search broke off: <Visible text={help.note} />
      </span>
    );
  }
  const count =
    help.found === 0 ? "Nothing found" : help.found === 1 ? "1 suggestion found" : `${help.found} suggestions found`;
  return (
    <>
      {count}
      {help.tried > 0 && ` after ${help.tried} tries`}
      {help.note && (
        <>
          : <Visible text={help.note} />
        </>
      )}
      .
    </>
  );
}

import { DiffTable } from "@/diff/DiffTable";
import type { ReviewDetail } from "@/model/review";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { codeOf, whatChanged } from "./whatChanged";

interface ChangedPanelProps {
  before: ReviewDetail;
  now: ReviewDetail;
  hasDraft: boolean;
  onContinue: () => void;
}

/** The item changed while it was read: what is different, before anything is decided on it. */
export function ChangedPanel({ before, now, hasDraft, onContinue }: ChangedPanelProps) {
  const codeChanged = codeOf(before) !== codeOf(now);
  return (
    <section className="changed-panel" aria-label="What changed since you read it">
      <header>
        <Icon name="redo" />
        <p>
          <strong>What changed since you read it:</strong> {whatChanged(before, now).join(", ")}.
          {hasDraft && " Your edit is kept; Edit opens it again."}
        </p>
        <Button onClick={onContinue}>Got it</Button>
      </header>
      {codeChanged && (
        <DiffTable
          original={codeOf(before)}
          proposal={codeOf(now)}
          contextBefore=""
          contextAfter=""
          startLine={now.startLine}
          findings={NONE}
          language={now.language}
          mode="unified"
          label="Code before and after the change"
        />
      )}
    </section>
  );
}

const NONE: never[] = [];

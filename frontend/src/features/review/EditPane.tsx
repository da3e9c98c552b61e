import { useState } from "react";
import { plural } from "@/lib/format";
import { useCommands } from "@/lib/keys/useCommands";
import { tabSizeNow } from "@/lib/theme";
import type { ReviewDetail } from "@/model/review";
import { CheckList } from "@/parts/CheckList";
import { Button } from "@/ui/Button";
import { ErrorNote } from "@/ui/ErrorNote";
import { Icon } from "@/ui/Icon";
import type { Decision } from "./api/decide";
import { draftOf, keepDraft } from "./drafts";
import { EditorHost } from "./editor/EditorHost";
import { Impact } from "./Impact";
import { useEdit } from "./useEdit";

interface EditPaneProps {
  detail: ReviewDetail;
  /** Text to begin with where no draft is kept: a suggestion that was taken, or the proposal. */
  initial: string;
  compose: (extra: Partial<Decision>) => Decision | null;
  onSaved: (reviewId: string) => void;
  onLeave: () => void;
}

export function EditPane({ detail, initial, compose, onSaved, onLeave }: EditPaneProps) {
  const [text, setText] = useState(() => draftOf(detail.id) ?? initial);
  const [reason, setReason] = useState("");
  const edit = useEdit({ detail, compose, onSaved });
  const save = () => edit.save(text, edit.failed ? reason : "");
  const check = () => edit.check(text);
  const reopens = edit.checked === text && edit.impact?.contractChanged ? edit.impact.reopen : 0;
  useCommands({ "review.save": save, "review.check": check });
  return (
    <div className="edit-pane">
      <div className="edit-hint">
        <Icon name="edit" size={14} />
        <span>Lines against the original are marked. Esc leaves, your draft stays.</span>
      </div>
      <EditorHost
        text={text}
        original={detail.original}
        language={detail.language}
        startLine={detail.startLine}
        tabSize={tabSizeNow()}
        onChange={(next) => {
          setText(next);
          keepDraft(detail.id, next);
        }}
        onSave={save}
        onCheck={check}
        onLeave={onLeave}
      />
      <div className="edit-result" aria-live="polite">
        {edit.passed && (
          <p className="note good">
            <Icon name="check" /> All checks passed.
          </p>
        )}
        {edit.impact && <Impact impact={edit.impact} />}
        {edit.checks && !edit.passed && (
          <section className="note bad" aria-label="Failed checks">
            <div className="note-body">
              <strong>{edit.failed ? "The edit does not pass." : "Not everything could be checked."}</strong>
              <CheckList checks={edit.checks.filter((row) => row.status === "failed" || row.status === "not_run")} />
            </div>
          </section>
        )}
        {edit.error && <ErrorNote error={edit.error} title="The edit was not saved" />}
      </div>
      {edit.failed && (
        <label className="field">
          Save anyway, because
          <input
            value={reason}
            placeholder="The reason is kept with the decision"
            onChange={(event) => setReason(event.target.value)}
          />
        </label>
      )}
      <div className="edit-actions">
        <Button
          tone="primary"
          icon="check"
          busy={edit.busy === "save"}
          disabled={edit.failed && reason.trim() === ""}
          onClick={save}
          command="review.save"
        >
          {edit.failed ? "Save with this reason" : reopens > 0 ? `Save and reopen ${plural(reopens, "atom")}` : "Save"}
        </Button>
        <Button
          icon="play"
          busy={edit.busy === "check"}
          onClick={check}
          title="Check without saving (Ctrl+Shift+Enter)"
        >
          Check
        </Button>
        <Button tone="quiet" onClick={onLeave}>
          Leave
        </Button>
        {edit.busy && <span className="muted small">The edit is being validated in the sandbox.</span>}
      </div>
    </div>
  );
}

import { type FormEvent, useState } from "react";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Visible } from "@/ui/Visible";

interface CancelDialogProps {
  planName: string;
  onClose: () => void;
  onConfirm: () => void;
}

const WORD = "cancel";

/** A cancelled run cannot go on, so the word has to be typed. */
export function CancelDialog({ planName, onClose, onConfirm }: CancelDialogProps) {
  const [typed, setTyped] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (typed === WORD) onConfirm();
  };
  return (
    <Dialog title="Cancel this run?" onClose={onClose}>
      <form className="form dialog-body" onSubmit={submit}>
        <p>
          The run of <strong>{<Visible text={planName} />}</strong> stops for good. Work in flight ends, what is done
          stays and can be reviewed and exported.
        </p>
        <label className="field">
          Type {WORD} to confirm
          <input autoFocus autoComplete="off" value={typed} onChange={(event) => setTyped(event.target.value)} />
        </label>
        <div className="form-actions">
          <Button onClick={onClose}>Keep it running</Button>
          <Button type="submit" tone="bad" disabled={typed !== WORD}>
            Cancel the run
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

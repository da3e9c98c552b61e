import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { post } from "@/api/http";
import { urls } from "@/api/urls";
import { showToast } from "@/lib/toasts";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { ErrorNote } from "@/ui/ErrorNote";

/** Reports a critical bug seen in a run: it holds every stage of the rollout, and takes V2 back where it is on. */
export function BugButton({ runId }: { runId: string }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button tone="quiet" icon="warn" onClick={() => setOpen(true)}>
        Report a critical bug
      </Button>
      {open && <BugDialog runId={runId} onClose={() => setOpen(false)} />}
    </>
  );
}

function BugDialog({ runId, onClose }: { runId: string; onClose: () => void }) {
  const [description, setDescription] = useState("");
  const report = useMutation({
    mutationFn: () => post(urls.rolloutBugs, { run_id: runId, critical: true, description: description.trim() }),
    onSuccess: () => {
      showToast({ tone: "good", text: "Reported. The rollout is held until it is closed." });
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (description.trim()) report.mutate();
  };
  return (
    <Dialog title="Report a critical bug?" onClose={onClose}>
      <form className="form dialog-body" onSubmit={submit}>
        <p>It holds every stage of the rollout. Where V2 is on, the watcher pulls the kill switch at its next look.</p>
        <label className="field">
          What is wrong
          <textarea rows={3} value={description} onChange={(event) => setDescription(event.target.value)} />
        </label>
        {report.isError && <ErrorNote error={report.error} />}
        <div className="form-actions">
          <Button onClick={onClose}>Do not report</Button>
          <Button type="submit" tone="bad" busy={report.isPending} disabled={!description.trim()}>
            Report it
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

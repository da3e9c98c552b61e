import { type FormEvent, useState } from "react";
import { plural } from "@/lib/format";
import type { Rollout } from "@/model/rollout";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { ErrorNote } from "@/ui/ErrorNote";
import { Card } from "@/ui/Page";
import { useMoveRollout } from "./api/moveRollout";
import { ReasonForm } from "./ReasonForm";

const WORD = "stop v2";

/** The red button: no new run goes to V2, whoever asks. Says what happens to what is under way, and how long it took. */
export function KillSwitch({ state }: { state: Rollout }) {
  const [open, setOpen] = useState(false);
  const [took, setTook] = useState<number | null>(null);
  const move = useMoveRollout();
  const underWay = `${plural(state.liveRuns, "V2 run")} under way`;
  if (state.killed) {
    return (
      <Card title="Kill switch">
        <p>
          <strong>It is set: everybody gets the MVP.</strong>
          {took !== null && ` It took effect in ${(took / 1000).toFixed(1)} s.`} {underWay}: waves that run go on to
          their end or park; nothing is lost.
        </p>
        <ReasonForm
          label="Release the kill switch"
          busy={move.isPending}
          error={move.error}
          onSubmit={(reason) => move.mutate({ move: "release", reason }, { onSuccess: () => setTook(null) })}
        />
      </Card>
    );
  }
  const kill = (reason: string) => {
    const began = performance.now();
    move.mutate(
      { move: "kill", reason },
      {
        onSuccess: () => {
          setTook(performance.now() - began);
          setOpen(false);
        },
      },
    );
  };
  return (
    <Card title="Kill switch">
      <p>
        Sends every new run to the MVP, named users too, in every process within two seconds. {underWay} would go on in
        its mode: waves that run end or park, nothing is lost and nothing is paid twice.
      </p>
      <Button tone="bad" icon="stop" onClick={() => setOpen(true)}>
        Stop V2 for everyone
      </Button>
      {open && (
        <KillDialog
          liveRuns={state.liveRuns}
          busy={move.isPending}
          error={move.error}
          onClose={() => setOpen(false)}
          onConfirm={kill}
        />
      )}
    </Card>
  );
}

interface KillDialogProps {
  liveRuns: number;
  busy: boolean;
  error: unknown;
  onClose: () => void;
  onConfirm: (reason: string) => void;
}

function KillDialog({ liveRuns, busy, error, onClose, onConfirm }: KillDialogProps) {
  const [typed, setTyped] = useState("");
  const [reason, setReason] = useState("");
  const ready = typed === WORD && reason.trim() !== "";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ready) onConfirm(reason.trim());
  };
  return (
    <Dialog title="Stop V2 for everyone?" onClose={onClose}>
      <form className="form dialog-body" onSubmit={submit}>
        <p>
          From the next run on everybody gets the MVP. The {plural(liveRuns, "V2 run")} under way keep their mode: waves
          that run end or park, what is done stays.
        </p>
        <label className="field">
          Why
          <input value={reason} autoComplete="off" onChange={(event) => setReason(event.target.value)} />
        </label>
        <label className="field">
          Type {WORD} to confirm
          <input value={typed} autoComplete="off" onChange={(event) => setTyped(event.target.value)} />
        </label>
        {error ? <ErrorNote error={error} /> : null}
        <div className="form-actions">
          <Button onClick={onClose}>Leave it on</Button>
          <Button type="submit" tone="bad" busy={busy} disabled={!ready}>
            Stop V2
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

import { useState } from "react";
import { asApiError } from "@/api/errors";
import { useCommands } from "@/lib/keys/useCommands";
import { showToast } from "@/lib/toasts";
import { isFinal, type RunDetail } from "@/model/run";
import { Button } from "@/ui/Button";
import { useActOnRun } from "./api/actOnRun";
import { CancelDialog } from "./CancelDialog";
import { MoreBudget } from "./MoreBudget";

/** Whether the run takes another attempt at what failed in it. */
export const canRetry = (run: RunDetail): boolean =>
  run.model !== null && (run.status === "completed" || run.status === "running");

export function RunActions({ run }: { run: RunDetail }) {
  const act = useActOnRun(run.id);
  const [confirming, setConfirming] = useState(false);
  const running = run.status === "running" || run.status === "pending";
  const held = run.status === "paused" || run.status === "budget_stopped";
  const onError = (error: unknown) => showToast({ tone: "bad", text: asApiError(error).message });
  const toggle = () => act.mutate({ action: running ? "pause" : "resume" }, { onError });
  const failed = (run.byStatus.failed ?? 0) + (run.byStatus.skipped ?? 0);
  const retriable = failed > 0 && canRetry(run);
  const retry = () => act.mutate({ action: "retry" }, { onError });
  useCommands({
    ...(running || held ? { "run.pause": toggle } : {}),
    ...(retriable ? { "run.retry": retry } : {}),
  });
  const again = retriable && (
    <Button icon="play" command="run.retry" busy={act.isPending} onClick={retry}>
      Retry {failed} failed
    </Button>
  );
  if (isFinal(run)) return again;
  return (
    <>
      {again}
      {run.budget !== null && (
        <MoreBudget
          busy={act.isPending}
          onAdd={(addUsd, onSuccess) => act.mutate({ action: "budget", addUsd }, { onError, onSuccess })}
        />
      )}
      {running && (
        <Button icon="pause" command="run.pause" title="Pause (Shift+P)" busy={act.isPending} onClick={toggle}>
          Pause
        </Button>
      )}
      {held && (
        <Button icon="play" command="run.pause" title="Resume (Shift+P)" busy={act.isPending} onClick={toggle}>
          Resume
        </Button>
      )}
      <Button icon="stop" tone="bad" onClick={() => setConfirming(true)}>
        Cancel
      </Button>
      {confirming && (
        <CancelDialog
          planName={run.planName}
          onClose={() => setConfirming(false)}
          onConfirm={() => {
            setConfirming(false);
            act.mutate({ action: "cancel" }, { onError });
          }}
        />
      )}
    </>
  );
}

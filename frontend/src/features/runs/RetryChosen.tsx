import { asApiError } from "@/api/errors";
import { useCommands } from "@/lib/keys/useCommands";
import { showToast } from "@/lib/toasts";
import { Button } from "@/ui/Button";
import { useRetryAtoms } from "./api/retryAtoms";

interface RetryChosenProps {
  runId: string;
  chosen: ReadonlySet<string>;
  onDone: () => void;
}

/** Tries the chosen atoms again. While some are chosen, the key for all that failed means these alone. */
export function RetryChosen({ runId, chosen, onDone }: RetryChosenProps) {
  const retry = useRetryAtoms(runId);
  const onError = (error: unknown) => showToast({ tone: "bad", text: asApiError(error).message });
  const send = () => retry.mutate([...chosen], { onSuccess: onDone, onError });
  useCommands({ "run.retry": send });
  return (
    <Button icon="play" command="run.retry" busy={retry.isPending} onClick={send}>
      Retry {chosen.size} chosen
    </Button>
  );
}

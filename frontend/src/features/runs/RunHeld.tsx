import { moment } from "@/lib/format";
import type { RunDetail } from "@/model/run";
import { Visible } from "@/ui/Visible";

const WORDS: Record<string, string> = {
  paused: "Paused. What is in flight finishes and is kept; nothing new starts until it is resumed.",
  budget_stopped: "Stopped by its budget. What still needs the model is parked.",
  cancelled: "Cancelled for good. Accepted code is kept and exported; the rest was not tried.",
};

/** Why a run stands still, and that it fell back: in words, because a colour does not say what to do. */
export function RunHeld({ run }: { run: RunDetail }) {
  const words = WORDS[run.status];
  return (
    <>
      {words && (
        <p className="note info" role="status">
          {words}
          {run.status === "budget_stopped" && (
            <>
              {" "}
              <Visible text={run.error ?? "Add budget to go on."} />
            </>
          )}
        </p>
      )}
      {run.fellBackAt && (
        <p className="note warn" role="status">
          Fell back to the MVP {moment(run.fellBackAt)}; finished atoms are kept. <Visible text={run.fallbackReason} />
        </p>
      )}
    </>
  );
}

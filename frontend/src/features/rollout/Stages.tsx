import { useState } from "react";
import type { Rollout } from "@/model/rollout";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { type Move, useMoveRollout } from "./api/moveRollout";
import { ReasonForm } from "./ReasonForm";

/** 0 to 100 % as steps; one step at a time, each with its reason. */
export function Stages({ state, mayChange }: { state: Rollout; mayChange: boolean }) {
  const [asked, setAsked] = useState<Move | null>(null);
  const move = useMoveRollout();
  const steps = [0, ...state.stages];
  const at = steps.filter((stage) => stage <= state.effective).length - 1;
  const before = at > 0 ? (steps[at] === state.effective ? steps[at - 1] : steps[at]) : null;
  const submit = (reason: string) => {
    if (asked) move.mutate({ move: asked, reason }, { onSuccess: () => setAsked(null) });
  };
  return (
    <div className="stack">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <ol className="stepper" aria-label="Stages of the rollout" tabIndex={0}>
        {steps.map((stage, index) => (
          <li
            key={stage}
            className={index < at ? "done" : index === at ? "here" : "ahead"}
            aria-current={index === at ? "step" : undefined}
          >
            <span className="step-dot">{index < at ? <Icon name="check" size={12} /> : null}</span>
            <span>{stage} %</span>
            {index === at && (
              <span className="sr-only">{state.effective === stage ? "now" : `now at ${state.effective} %`}</span>
            )}
          </li>
        ))}
      </ol>
      {mayChange && (
        <div className="toolbar">
          {state.nextStage !== null && (
            <Button tone="primary" icon="chevron" disabled={!state.mayAdvance} onClick={() => setAsked("advance")}>
              Advance to {state.nextStage} %
            </Button>
          )}
          {before !== null && before !== undefined && (
            <Button icon="back" onClick={() => setAsked("rollback")}>
              Back to {before} %
            </Button>
          )}
          {!state.mayAdvance && state.nextStage !== null && (
            <span className="muted">
              {state.killed ? "The kill switch is set." : "Not yet: every guard below must be green."}
            </span>
          )}
        </div>
      )}
      {asked && (
        <ReasonForm
          key={asked}
          label={asked === "advance" ? `Advance to ${state.nextStage} %` : `Go back to ${before} %`}
          busy={move.isPending}
          error={move.error}
          onSubmit={submit}
        />
      )}
    </div>
  );
}

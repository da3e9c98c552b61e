import { type FormEvent, useEffect, useState } from "react";
import { ApiError } from "@/api/errors";
import { money } from "@/lib/format";
import { stored } from "@/lib/stored";
import { Button } from "@/ui/Button";
import { ErrorNote } from "@/ui/ErrorNote";
import { isOver, useBrief, usePlanFromBrief } from "./api/planFromBrief";

const LONGEST = 100_000;
const PHASES: Record<string, string> = {
  "": "waiting for the model",
  discovery: "step 1 of 2: finding out what the brief is about",
  planning: "step 2 of 2: cutting it into tasks",
};
/** The brief under way, so that a reload finds it again. */
const underWay = stored<string>("mge.brief", "");

/** Prose in, a draft plan out; what the model finds is shown on the plan before anybody approves it. */
export function BriefBox({ onPlanned }: { onPlanned: (planId: string) => void }) {
  const [text, setText] = useState("");
  const [name, setName] = useState("");
  const [budget, setBudget] = useState("");
  const [briefId, setBriefId] = underWay.use();
  const sent = usePlanFromBrief();
  const brief = useBrief(briefId || null);
  const planId = brief.data?.planId ?? null;
  const working = briefId !== "" && !brief.isError && !isOver(brief.data);

  useEffect(() => {
    if (planId === null) return;
    setBriefId("");
    onPlanned(planId);
  }, [planId, onPlanned, setBriefId]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const cap = budget.trim() === "" ? undefined : Number(budget);
    sent.mutate({ text, name, budget: cap }, { onSuccess: (made) => setBriefId(made.id) });
  };
  const failed = brief.data?.error;
  return (
    <form className="import-box brief-box" aria-label="Plan from a brief" onSubmit={submit}>
      <label className="field">
        What is to be built
        <textarea
          rows={7}
          required
          maxLength={LONGEST}
          value={text}
          disabled={working}
          placeholder="Who uses it, what it must do, what it must not do. The model turns it into tasks; you approve them."
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      <div className="field-row">
        <label className="field">
          Name
          <input value={name} placeholder="named by the model" onChange={(event) => setName(event.target.value)} />
        </label>
        <label className="field">
          Budget in USD
          <input
            type="number"
            min={0}
            step="0.01"
            placeholder="default"
            value={budget}
            onChange={(event) => setBudget(event.target.value)}
          />
        </label>
        <Button type="submit" tone="primary" busy={sent.isPending || working}>
          Plan it
        </Button>
      </div>
      {working && (
        <div className="import-progress" role="status">
          {PHASES[brief.data?.phase ?? ""] ?? brief.data?.phase}
          {brief.data?.cost ? ` · ${money(brief.data.cost)} so far` : ""}
          <progress aria-label="Planning" />
        </div>
      )}
      {sent.isError && <ErrorNote error={sent.error} title="The brief was not taken" />}
      {brief.isError && <ErrorNote error={brief.error} />}
      {failed && <ErrorNote error={new ApiError(200, failed)} title="No plan came of it" />}
    </form>
  );
}

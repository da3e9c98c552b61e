import { Button } from "@/ui/Button";
import { ErrorNote } from "@/ui/ErrorNote";
import { useJudgeMasterplan } from "./api/judgeMasterplan";

/** A plan made from a brief waits for a person before it can run. */
export function PlanVerdict({ planId }: { planId: string }) {
  const judge = useJudgeMasterplan(planId);
  return (
    <section className="note info" aria-label="Approval">
      <div className="note-body">
        <strong>This plan is a draft.</strong>
        <p>It can run once somebody approves it.</p>
        {judge.isError && <ErrorNote error={judge.error} />}
      </div>
      <Button tone="bad" icon="cross" busy={judge.isPending} onClick={() => judge.mutate("reject")}>
        Reject
      </Button>
      <Button tone="primary" icon="check" busy={judge.isPending} onClick={() => judge.mutate("approve")}>
        Approve
      </Button>
    </section>
  );
}

import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Bug } from "@/model/rollout";
import { Ago } from "@/ui/Ago";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Page";
import { Visible } from "@/ui/Visible";
import { useCloseBug } from "./api/closeBug";
import { ReasonForm } from "./ReasonForm";

/** Open critical bugs: each holds every stage until somebody says how it was resolved. */
export function Bugs({ bugs, mayChange }: { bugs: Bug[]; mayChange: boolean }) {
  const [asked, setAsked] = useState<number | null>(null);
  const close = useCloseBug();
  if (bugs.length === 0) return null;
  return (
    <Card title="Open critical bugs">
      <ul className="phases">
        {bugs.map((bug) => (
          <li key={bug.id}>
            <div className="phase-head">
              <div>
                <p>
                  <Visible text={bug.description} />
                </p>
                <p className="muted">
                  {bug.by ?? "from the command line"}, <Ago at={bug.at} />,{" "}
                  <Link to="/runs/$runId" params={{ runId: bug.runId }}>
                    the run
                  </Link>
                </p>
              </div>
              {mayChange && (
                <Button aria-expanded={asked === bug.id} onClick={() => setAsked(asked === bug.id ? null : bug.id)}>
                  Close
                </Button>
              )}
            </div>
            {asked === bug.id && (
              <ReasonForm
                label="Close the bug"
                busy={close.isPending}
                error={close.error}
                onSubmit={(resolution) => close.mutate({ bugId: bug.id, resolution })}
              />
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}

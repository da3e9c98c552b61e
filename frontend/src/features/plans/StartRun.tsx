import { type FormEvent, useState } from "react";
import { Button } from "@/ui/Button";
import { ErrorNote } from "@/ui/ErrorNote";
import { Card } from "@/ui/Page";
import { useStartRun } from "./api/startRun";
import { Choice } from "./Choice";
import { EstimateNote } from "./EstimateNote";
import { MODES, ORDERINGS, POLICIES } from "./runChoices";

interface StartRunProps {
  planId: string;
  budget: number | null;
  onStarted: (runId: string) => void;
}

const numberIn = (text: string): number | undefined => (text.trim() === "" ? undefined : Number(text));

export function StartRun({ planId, budget, onStarted }: StartRunProps) {
  const start = useStartRun(planId);
  const [mode, setMode] = useState("");
  const [policy, setPolicy] = useState("repair");
  const [ordering, setOrdering] = useState("");
  const [concurrency, setConcurrency] = useState("");
  const [cap, setCap] = useState(budget === null ? "" : String(budget));
  const [barrier, setBarrier] = useState(false);
  const [shadow, setShadow] = useState(false);
  const [writeTests, setWriteTests] = useState(false);
  const mayShadow = mode === "" || mode === "mvp";

  const settings = {
    mode: mode || undefined,
    policy,
    ordering: ordering || undefined,
    concurrency: numberIn(concurrency),
    budget: numberIn(cap),
    barrier: barrier || undefined,
    write_tests: writeTests || undefined,
    shadow: (shadow && mayShadow) || undefined,
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start.mutate(settings, { onSuccess: (run) => onStarted(run.id) });
  };
  return (
    <Card title="Start a run">
      <form className="form" onSubmit={submit}>
        <div className="field-row">
          <Choice label="Mode" value={mode} options={MODES} onChange={setMode} />
          <Choice label="Policy" value={policy} options={POLICIES} onChange={setPolicy} />
          <Choice label="Ordering" value={ordering} options={ORDERINGS} onChange={setOrdering} />
        </div>
        <div className="field-row">
          <label className="field">
            Concurrency
            <input
              type="number"
              min={1}
              placeholder="default"
              value={concurrency}
              onChange={(e) => setConcurrency(e.target.value)}
            />
          </label>
          <label className="field">
            Budget in USD
            <input
              type="number"
              min={0}
              step="0.01"
              placeholder="no cap"
              value={cap}
              onChange={(e) => setCap(e.target.value)}
            />
          </label>
          <label className="check-field">
            <input type="checkbox" checked={barrier} onChange={(e) => setBarrier(e.target.checked)} />
            Wait for whole waves
          </label>
        </div>
        <label className="check-field">
          <input
            type="checkbox"
            checked={writeTests}
            aria-describedby="tests-note"
            onChange={(e) => setWriteTests(e.target.checked)}
          />
          Let the model write tests for files that came without any
        </label>
        <p id="tests-note" className="muted small">
          Paid for like every call; without a model nothing happens. Marked as generated: one that the code as it came
          does not pass fails nothing, and is shown.
        </p>
        <label className="check-field">
          <input
            type="checkbox"
            checked={shadow && mayShadow}
            disabled={!mayShadow}
            aria-describedby="shadow-note"
            onChange={(e) => setShadow(e.target.checked)}
          />
          Ship the MVP, with V2 in its shadow
        </label>
        <p id="shadow-note" className="muted small">
          {mayShadow
            ? "V2 runs on the same plan afterwards, is paid for too, and ships nothing: the two are compared."
            : "Only where the MVP ships: leave the mode to the flags, or choose MVP."}
        </p>
        <EstimateNote planId={planId} settings={settings} />
        {start.isError && <ErrorNote error={start.error} title="The run did not start" />}
        <Button type="submit" tone="primary" icon="play" busy={start.isPending}>
          Start run
        </Button>
      </form>
    </Card>
  );
}

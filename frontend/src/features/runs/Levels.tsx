import { useState } from "react";
import type { LevelCounts, RunDetail } from "@/model/run";
import { Counts } from "@/parts/Counts";
import { Card } from "@/ui/Page";
import { LevelRows } from "./LevelRows";

const NAMES: Record<string, [string, string]> = {
  "1": ["Atomic", "syntax, names, types and tests of each atom"],
  "2": ["Module", "a file as a whole"],
  "3": ["Component", "a package folder"],
  "4": ["System", "the whole workspace and its test suite"],
};

/** The four levels with their counts; the rows and their evidence open below. */
export function Levels({ run }: { run: RunDetail }) {
  const [opened, setOpened] = useState<number | null>(null);
  const none = run.finishedAt === null ? "no result yet" : "not run";
  return (
    <Card title="Validation levels">
      {run.mode === "mvp" && (
        <p className="muted small">The MVP checks the syntax alone, and runs the tests at its end.</p>
      )}
      <ul className="levels">
        {Object.entries(NAMES).map(([level, [name, about]]) => (
          <li key={level}>
            <button
              type="button"
              className="level-head"
              aria-expanded={opened === Number(level)}
              onClick={() => setOpened(opened === Number(level) ? null : Number(level))}
            >
              <span className="level-no">{level}</span>
              <span className="level-name">
                <strong>{name}</strong>
                <span className="muted small">{about}</span>
              </span>
              <Counts of={byStatus(run.levels[level])} none={none} />
            </button>
            {opened === Number(level) && <LevelRows runId={run.id} level={Number(level)} counts={run.levels[level]} />}
          </li>
        ))}
      </ul>
    </Card>
  );
}

const byStatus = (counts: LevelCounts | undefined) => ({
  failed: counts?.failed ?? 0,
  not_run: counts?.notRun ?? 0,
  passed: counts?.passed ?? 0,
  not_applicable: counts?.notApplicable ?? 0,
});

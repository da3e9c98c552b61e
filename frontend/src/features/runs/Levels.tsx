import { useState } from "react";
import type { LevelCounts, RunDetail } from "@/model/run";
import { Card } from "@/ui/Page";
import { Status } from "@/ui/Status";
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
  return (
    <Card title="Validation levels">
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
              <Counts counts={run.levels[level]} />
            </button>
            {opened === Number(level) && <LevelRows runId={run.id} level={Number(level)} />}
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Counts({ counts }: { counts: LevelCounts | undefined }) {
  const shown = (
    [
      ["failed", counts?.failed],
      ["not_run", counts?.notRun],
      ["passed", counts?.passed],
      ["not_applicable", counts?.notApplicable],
    ] as const
  ).filter(([, count]) => count);
  if (shown.length === 0) return <span className="muted small">no result yet</span>;
  return (
    <span className="level-counts">
      {shown.map(([status, count]) => (
        <Status key={status} value={status} label={`${count} ${status.replace("_", " ")}`} />
      ))}
    </span>
  );
}

import { Link } from "@tanstack/react-router";
import { DiffTable } from "@/diff/DiffTable";
import { plural, words } from "@/lib/format";
import { visibleText } from "@/lib/text/visible";
import type { ReviewDetail } from "@/model/review";
import { CommandKey } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Status, Tag } from "@/ui/Status";
import { Visible } from "@/ui/Visible";
import { AttemptChips } from "./AttemptChips";
import type { Shown } from "./shown";

interface CodePaneProps {
  detail: ReviewDetail;
  shown: Shown;
  base: { code: string | null; name: string };
  mode: "unified" | "split";
  onBase: () => void;
  onAttempt: (number: number | null) => void;
  onMode: () => void;
}

const DIFF_NOTES: Record<Shown["kind"], (base: string) => string> = {
  proposal: (base) => `${base} → proposal`,
  draft: () => "the draft, unchanged",
  hole: () => "newly written, there was no draft",
  nothing: () => "no code yet",
  attempt: (base) => `${base} → attempt`,
  suggestion: (base) => `${base} → suggestion`,
};

export function CodePane({ detail, shown, base, mode, onBase, onAttempt, onMode }: CodePaneProps) {
  const label = `Code of ${visibleText(detail.symbol || detail.path)}`;
  return (
    <div className="code-pane">
      <div className="diff-bar">
        <span className="muted small">{DIFF_NOTES[shown.kind](base.name)}</span>
        <AttemptChips detail={detail} current={shown.attempt} onPick={onAttempt} />
        <span className="diff-acts">
          {detail.attempts.some((row) => row.code !== null) && (
            <button type="button" className="link-button small" onClick={onBase}>
              Compare with {base.name === "original" ? "the attempt before" : "the original"}{" "}
              <CommandKey command="review.base" />
            </button>
          )}
          <button type="button" className="link-button small" onClick={onMode}>
            {mode === "unified" ? "Split" : "Unified"} view <CommandKey command="review.mode" />
          </button>
        </span>
      </div>
      {shown.code === null && detail.original === null ? (
        <p className="note">There is no code for this atom yet. Write it with Edit.</p>
      ) : (
        <DiffTable
          original={base.code}
          proposal={shown.code}
          contextBefore={detail.contextBefore}
          contextAfter={detail.contextAfter}
          startLine={detail.startLine}
          findings={shown.kind === "suggestion" || shown.kind === "attempt" ? NONE : detail.findings}
          language={detail.language}
          mode={mode}
          label={label}
        />
      )}
    </div>
  );
}

const NONE: never[] = [];
const LEVELS = [1, 2, 3, 4];

export function ItemHead({ detail }: { detail: ReviewDetail }) {
  return (
    <header className="item-head">
      <div className="item-title">
        <h2 id="item-name" tabIndex={-1}>
          <Visible text={detail.symbol || words(detail.kind)} />
        </h2>
        <Link
          to="/atoms/$atomId"
          params={{ atomId: detail.atomId }}
          search={{ run: detail.runId }}
          className="item-place"
        >
          <Visible text={detail.path} />:{detail.startLine}
          <Icon name="chevron" size={12} />
        </Link>
      </div>
      <div className="item-facts">
        <Status value={detail.atomStatus} />
        <Tag>{words(detail.kind)}</Tag>
        <Tag>{detail.language}</Tag>
        {detail.wave !== null && <Tag>wave {detail.wave}</Tag>}
        <Tag>{plural(detail.loc, "line")}</Tag>
        <Tag>
          attempts {detail.attemptCount}/{detail.attemptsAllowed}
        </Tag>
        {LEVELS.map((level) => (
          <LevelChip key={level} detail={detail} level={level} />
        ))}
      </div>
    </header>
  );
}

function LevelChip({ detail, level }: { detail: ReviewDetail; level: number }) {
  const rows = detail.validations.filter((row) => row.level === level);
  if (rows.length === 0) return null;
  const worst = ["failed", "not_run", "passed"].find((status) => rows.some((row) => row.status === status));
  return <Status value={worst ?? "not_applicable"} label={`L${level} ${words(worst ?? "not applicable")}`} />;
}

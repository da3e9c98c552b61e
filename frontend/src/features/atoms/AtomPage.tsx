import { Link } from "@tanstack/react-router";
import { Code } from "@/diff/Code";
import { percent, plural, score, words } from "@/lib/format";
import { useDetailsKey } from "@/lib/keys/useDetailsKey";
import type { Atom } from "@/model/atom";
import { AttemptList } from "@/parts/AttemptList";
import { EdgeList } from "@/parts/EdgeList";
import { Terms } from "@/parts/Terms";
import { ValidationList } from "@/parts/ValidationList";
import { Icon } from "@/ui/Icon";
import { Card, Page, Stat } from "@/ui/Page";
import { Status, Tag } from "@/ui/Status";
import { ErrorState, Skeleton } from "@/ui/states";
import { Visible } from "@/ui/Visible";
import { useAtom } from "./api/getAtom";
import { Compare } from "./Compare";
import { ContextPack } from "./ContextPack";
import { Contract } from "./Contract";
import { Criteria } from "./Criteria";
import { Decisions } from "./Decisions";
import { Needs } from "./Needs";

export function AtomPage({ atomId, run }: { atomId: string; run: string | undefined }) {
  const query = useAtom(atomId, run);
  useDetailsKey();
  if (!query.data) {
    return (
      <Page title="Atom">
        {query.isError ? (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <Skeleton rows={10} />
        )}
      </Page>
    );
  }
  const atom = query.data;
  const runId = atom.run?.id ?? run;
  const lead = runId ? (
    <Link to="/runs/$runId" params={{ runId }} className="back">
      <Icon name="back" /> Run
    </Link>
  ) : (
    <Link to="/masterplans/$planId" params={{ planId: atom.planId }} className="back">
      <Icon name="back" /> Plan
    </Link>
  );
  return (
    <Page title={atom.symbol || words(atom.kind)} lead={lead}>
      <Facts atom={atom} />
      <div className="columns code-first">
        <div className="stack">
          <Place atom={atom} />
          <Compare key={`${atom.id}${runId}${atom.attempts.length}`} atom={atom} />
          <Card title="Validations">
            <ValidationList validations={atom.validations} opened />
          </Card>
          <Card title="Attempts">
            <AttemptList attempts={atom.attempts} atomId={atom.id} runId={runId} />
          </Card>
          {atom.run && <Decisions decisions={atom.decisions} />}
        </div>
        <div className="stack">
          {atom.run && atom.run.terms.length > 0 && (
            <Card title="Confidence" aside={<strong>{score(atom.run.confidence)}</strong>}>
              <Terms terms={atom.run.terms} />
            </Card>
          )}
          <Contract contract={atom.contract} />
          <ContextPack pack={atom.pack} />
          <Needs needs={atom.needs} />
          <Card title="Needs these atoms" aside={<span className="muted small">{atom.edges.needs.length}</span>}>
            <EdgeList edges={atom.edges.needs} runId={runId} empty="Nothing else of the plan." />
          </Card>
          <Card title="Needed by these atoms" aside={<span className="muted small">{atom.edges.neededBy.length}</span>}>
            <EdgeList edges={atom.edges.neededBy} runId={runId} empty="No other atom." />
          </Card>
          <Criteria atom={atom} />
        </div>
      </div>
    </Page>
  );
}

function Facts({ atom }: { atom: Atom }) {
  return (
    <>
      <p className="page-sub">
        {atom.run && <Status value={atom.run.status} />}
        {atom.isHole && <Tag tone="info">to be written</Tag>}
        <Tag>{words(atom.kind)}</Tag>
        <code>
          <Visible text={atom.path} />:{atom.startLine}–{atom.endLine}
        </code>
      </p>
      <dl className="stats">
        <Stat label="Size" value={plural(atom.loc, "line")} />
        <Stat label="Complexity" value={atom.complexity ?? "–"} />
        <Stat label="Atomicity" value={score(atom.atomicity)} />
        <Stat label="Context" value={percent(atom.contextCompleteness)} hint="of what it needs is resolved" />
        <Stat label="Attempts" value={atom.run?.attempts ?? "–"} />
      </dl>
    </>
  );
}

function Place({ atom }: { atom: Atom }) {
  const text = atom.file?.text ?? atom.code ?? atom.originalCode;
  if (text === null || text === undefined) {
    return (
      <Card title="Code">
        <p className="muted">This atom has no code yet.</p>
      </Card>
    );
  }
  const startLine = atom.file?.startLine ?? atom.startLine;
  return (
    <Card title="In its file">
      <Code
        text={text}
        language={atom.language}
        startLine={startLine}
        mark={{ from: atom.startLine, to: atom.endLine }}
        label="The file, with the atom marked"
      />
    </Card>
  );
}

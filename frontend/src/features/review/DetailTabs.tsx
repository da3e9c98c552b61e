import { moment, words } from "@/lib/format";
import type { ReviewDetail } from "@/model/review";
import { AttemptList } from "@/parts/AttemptList";
import { EdgeList } from "@/parts/EdgeList";
import { ValidationList } from "@/parts/ValidationList";
import { Output } from "@/ui/Output";
import { Status } from "@/ui/Status";
import { Tabs } from "@/ui/Tabs";
import { Visible } from "@/ui/Visible";
import { ContextTab } from "./ContextTab";
import type { DetailTab } from "./detailTabs";

interface DetailTabsProps {
  detail: ReviewDetail;
  tab: DetailTab;
  onTab: (tab: DetailTab) => void;
}

export function DetailTabs({ detail, tab, onTab }: DetailTabsProps) {
  const tabs = [
    { id: "tests", label: "Tests", count: detail.tests.length },
    { id: "context", label: "Context", count: detail.needs.length },
    { id: "errors", label: "Checks", count: detail.validations.length },
    { id: "history", label: "History", count: detail.attempts.length + detail.decisions.length },
    { id: "dependents", label: "Dependents", count: detail.neededBy.length },
  ] as const;
  return (
    <Tabs label="Details" tabs={tabs} value={tab} onChange={onTab}>
      {tab === "tests" && <Tests detail={detail} />}
      {tab === "context" && <ContextTab detail={detail} />}
      {tab === "errors" && <ValidationList validations={detail.validations} />}
      {tab === "history" && <History detail={detail} />}
      {tab === "dependents" && (
        <EdgeList edges={detail.neededBy} runId={detail.runId} empty="No other atom needs this one." />
      )}
    </Tabs>
  );
}

function Tests({ detail }: { detail: ReviewDetail }) {
  const messages = new Map(detail.failingTests.map((test) => [test.id, test.message]));
  if (detail.tests.length === 0) return <p className="muted">No test reaches this atom.</p>;
  const ordered = [...detail.tests].sort((a, b) => Number(b.status === "failed") - Number(a.status === "failed"));
  return (
    <ul className="tests">
      {ordered.map((test) => (
        <li key={test.id}>
          <Status value={test.status} />
          <code>
            <Visible text={test.id} />
          </code>
          {messages.get(test.id) && (
            <Output>
              <Visible text={messages.get(test.id) ?? ""} />
            </Output>
          )}
        </li>
      ))}
    </ul>
  );
}

function History({ detail }: { detail: ReviewDetail }) {
  return (
    <>
      <AttemptList attempts={detail.attempts} atomId={detail.atomId} runId={detail.runId} />
      {detail.decisions.length > 0 && (
        <ol className="attempts" aria-label="Decisions">
          {detail.decisions.map((row) => (
            <li key={`${row.at}${row.decision}`}>
              <strong>{words(row.decision)}</strong> by <Visible text={row.by} />{" "}
              <span className="muted small">
                {moment(row.at)} {row.reasonCode && <Visible text={`· ${words(row.reasonCode)}`} />}
              </span>
              {row.feedback && (
                <p>
                  <Visible text={row.feedback} />
                </p>
              )}
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

import { Link } from "@tanstack/react-router";
import { useDeferredValue, useMemo, useState } from "react";
import { score, words } from "@/lib/format";
import { useCommands } from "@/lib/keys/useCommands";
import { toggleRow, useRowKeys } from "@/lib/keys/useRowKeys";
import { visibleText } from "@/lib/text/visible";
import type { RunAtom } from "@/model/run";
import { Card } from "@/ui/Page";
import { Status } from "@/ui/Status";
import { Visible } from "@/ui/Visible";
import { AtomFilters } from "./AtomFilters";
import { useRunAtoms } from "./api/getRunAtoms";
import { RetryChosen } from "./RetryChosen";
import { type AtomSearch, matches } from "./search";

const STEP = 50;
const NONE: ReadonlySet<string> = new Set();

const hasFailed = (atom: RunAtom): boolean => atom.status === "failed" || atom.status === "skipped";

interface AtomTableProps {
  runId: string;
  search: AtomSearch;
  onSearch: (next: AtomSearch) => void;
  mayRetry: boolean;
}

/** Every atom of the run with its state: the same facts as the strip, to read and to search. */
export function AtomTable({ runId, search, onSearch, mayRetry }: AtomTableProps) {
  const [marked, setMarked] = useState<ReadonlySet<string>>(NONE);
  useRowKeys();
  useCommands({ "rows.toggle": mayRetry ? toggleRow : undefined });
  const { data } = useRunAtoms(runId);
  const [count, setCount] = useState(STEP);
  const deferred = useDeferredValue(search);
  const rows = useMemo(() => (data?.atoms ?? []).filter((atom) => matches(atom, deferred)), [data, deferred]);
  if (!data || data.atoms.length === 0) return null;
  // What was chosen and has not failed any more is tried already.
  const chosen = new Set(data.atoms.filter((atom) => marked.has(atom.id) && hasFailed(atom)).map((atom) => atom.id));
  const toggle = (id: string) =>
    setMarked(new Set(chosen.has(id) ? [...chosen].filter((x) => x !== id) : [...chosen, id]));
  return (
    <Card title="Atoms" aside={<span className="muted small">{`${rows.length} of ${data.atoms.length}`}</span>}>
      <div className="toolbar">
        <AtomFilters atoms={data.atoms} search={search} onSearch={onSearch} />
        {mayRetry && chosen.size > 0 && <RetryChosen runId={runId} chosen={chosen} onDone={() => setMarked(NONE)} />}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className="table-scroll" tabIndex={0} aria-label="Atoms">
        <table className="list dense stacks">
          <thead>
            <tr>
              <th scope="col">Atom</th>
              <th scope="col">State</th>
              <th scope="col" className="number">
                Wave
              </th>
              <th scope="col" className="number">
                Lines
              </th>
              <th scope="col" className="number">
                Attempts
              </th>
              <th scope="col" className="number">
                Confidence
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, count).map((atom) => (
              <AtomRow
                key={atom.id}
                atom={atom}
                runId={runId}
                chosen={chosen.has(atom.id)}
                onToggle={mayRetry && hasFailed(atom) ? toggle : null}
              />
            ))}
          </tbody>
        </table>
      </section>
      {rows.length > count && (
        <button type="button" className="button plain" onClick={() => setCount(count + STEP * 4)}>
          Show more
        </button>
      )}
    </Card>
  );
}

interface AtomRowProps {
  atom: RunAtom;
  runId: string;
  chosen: boolean;
  /** Null: there is nothing to choose it for. */
  onToggle: ((id: string) => void) | null;
}

function AtomRow({ atom, runId, chosen, onToggle }: AtomRowProps) {
  const name = atom.symbol || `${words(atom.kind)} at line ${atom.startLine}`;
  return (
    <tr>
      <th scope="row">
        <Link to="/atoms/$atomId" params={{ atomId: atom.id }} search={{ run: runId }} className="row-link">
          <Visible text={name} />
        </Link>
        <span className="muted small">
          <Visible text={atom.path} />:{atom.startLine}
        </span>
      </th>
      <td data-label="State">
        <Status value={atom.status} />
        {onToggle && (
          <input
            type="checkbox"
            className="row-box"
            aria-label={`Choose ${visibleText(name)} to try it again`}
            checked={chosen}
            onChange={() => onToggle(atom.id)}
          />
        )}
        {atom.reviewId && (
          <>
            {" "}
            <Link to="/review/$reviewId" params={{ reviewId: atom.reviewId }} search={{ run: runId }} className="small">
              review
            </Link>
          </>
        )}
      </td>
      <td className="number" data-label="Wave">
        {atom.wave ?? "–"}
      </td>
      <td className="number" data-label="Lines">
        {atom.loc}
      </td>
      <td className="number" data-label="Attempts">
        {atom.attempts}
      </td>
      <td className="number" data-label="Confidence">
        {score(atom.confidence)}
      </td>
    </tr>
  );
}

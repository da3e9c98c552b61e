import { useRef, useState } from "react";
import { commandTitle } from "@/lib/keys/bindings";
import { useCommands } from "@/lib/keys/useCommands";
import type { ReviewCounts, ReviewRow } from "@/model/review";
import { Button } from "@/ui/Button";
import { FilterPanel } from "./FilterPanel";
import { QUEUE_VIEWS, type QueueView } from "./queueViews";
import { narrowings, type ReviewSearch } from "./search";

interface QueueHeadProps {
  view: QueueView;
  search: ReviewSearch;
  counts: ReviewCounts | null;
  rows: ReviewRow[];
  me: string;
  onSearch: (next: ReviewSearch) => void;
  onFold: () => void;
}

const countOf = (view: QueueView, counts: ReviewCounts): number | null =>
  view === "pending" ? counts.pending + counts.inReview : view === "done" ? counts.done : null;

export function QueueHead({ view, search, counts, rows, me, onSearch, onFold }: QueueHeadProps) {
  const [open, setOpen] = useState(narrowings(search) > 0);
  const active = narrowings(search);
  const find = useRef<HTMLInputElement>(null);
  useCommands({ "list.find": () => find.current?.focus() });
  return (
    <header className="queue-head">
      <div className="queue-title">
        <h1>Review</h1>
        {counts && (
          <span className="muted small" data-testid="open-count">
            <strong>{counts.pending + counts.inReview}</strong> open
          </span>
        )}
        {search.run && (
          <button type="button" className="chip" onClick={() => onSearch({ ...search, run: undefined })}>
            one run <span aria-hidden="true">×</span>
            <span className="sr-only">, show all runs</span>
          </button>
        )}
        <Button
          tone="quiet"
          icon="back"
          className="fold-queue"
          aria-label="Fold the queue"
          title={commandTitle("review.queuePane")}
          onClick={onFold}
        />
      </div>
      <nav className="views" aria-label="Queue views">
        {QUEUE_VIEWS.map(([id, label]) => (
          <button
            key={id}
            type="button"
            className="view"
            aria-current={id === view ? "true" : undefined}
            onClick={() => onSearch({ ...search, view: id })}
          >
            {label}
            {counts && countOf(id, counts) !== null && <span className="tab-count">{countOf(id, counts)}</span>}
          </button>
        ))}
      </nav>
      <div className="find-line">
        <label className="find">
          <span className="sr-only">Find in the queue</span>
          <input
            ref={find}
            type="search"
            placeholder="Find by name or file"
            defaultValue={search.q ?? ""}
            onKeyDown={(event) => {
              if (event.key === "Enter") onSearch({ ...search, q: event.currentTarget.value || undefined });
              if (event.key === "Escape") event.currentTarget.blur();
            }}
            onBlur={(event) => {
              if ((search.q ?? "") !== event.target.value) onSearch({ ...search, q: event.target.value || undefined });
            }}
          />
        </label>
        <Button icon="filter" aria-expanded={open} onClick={() => setOpen(!open)}>
          {active > 0 ? `Filters, ${active}` : "Filters"}
        </Button>
      </div>
      {open && <FilterPanel search={search} rows={rows} me={me} onSearch={onSearch} />}
    </header>
  );
}

import type { ReviewRow } from "@/model/review";
import { usePlanNames } from "@/parts/api/getPlanNames";
import { Button } from "@/ui/Button";
import { Choice, type ChoiceProps } from "@/ui/Choice";
import { BANDS, narrowings, type ReviewSearch } from "./search";

interface FilterPanelProps {
  search: ReviewSearch;
  /** Rows in view: their words are offered. */
  rows: ReviewRow[];
  me: string;
  onSearch: (next: ReviewSearch) => void;
}

const LANGUAGES = ["python", "typescript", "tsx", "javascript"];
const BAND_NAMES = { low: "below 0.50", middle: "0.50 to 0.79", high: "0.80 and above" } as const;

const distinct = (words: string[]): string[] => [...new Set(words)].sort();

/** What the queue is narrowed to. Each choice goes to the address at once. */
export function FilterPanel({ search, rows, me, onSearch }: FilterPanelProps) {
  const plans = usePlanNames();
  const set = (part: Partial<ReviewSearch>) => onSearch({ ...search, ...part });
  const reasons = distinct(rows.flatMap((row) => row.reasons).concat(search.reason ?? []));
  const waves = distinct(rows.flatMap((row) => (row.wave === null ? [] : [String(row.wave).padStart(4, "0")])));
  const holders = distinct(rows.flatMap((row) => row.assignedTo ?? []).concat(search.assignee ?? []));
  const others = holders.filter((name) => name !== me && name !== "nobody");
  return (
    <fieldset className="filters" aria-label="Filters">
      <Filter
        label="Plan"
        value={search.masterplan}
        options={plans.map(({ id, name }) => [id, name])}
        onPick={(masterplan) => set({ masterplan })}
      />
      <Filter
        label="Wave"
        value={search.wave === undefined ? undefined : String(search.wave)}
        options={distinct([
          ...waves.map((wave) => String(Number(wave))),
          ...(search.wave === undefined ? [] : [String(search.wave)]),
        ]).map(same)}
        onPick={(wave) => set({ wave: wave === undefined ? undefined : Number(wave) })}
      />
      <Filter
        label="Language"
        value={search.language}
        options={LANGUAGES.map(same)}
        onPick={(language) => set({ language })}
      />
      <Filter label="Reason" value={search.reason} options={reasons.map(same)} onPick={(reason) => set({ reason })} />
      <Filter
        label="Confidence"
        value={search.band}
        options={BANDS.map((band) => [band, BAND_NAMES[band]])}
        onPick={(band) => set({ band: BANDS.find((known) => known === band) })}
      />
      <Filter
        label="Held by"
        value={search.assignee}
        options={[["nobody", "nobody"], [me, "me"], ...others.map(same)]}
        onPick={(assignee) => set({ assignee })}
      />
      <Button disabled={narrowings(search) === 0} onClick={() => onSearch({ view: search.view, q: search.q })}>
        Clear the filters
      </Button>
    </fieldset>
  );
}

const same = (word: string): [string, string] => [word, word];

function Filter(props: ChoiceProps) {
  return <Choice {...props} none="any" className="filter" />;
}

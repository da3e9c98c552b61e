import { useRef } from "react";
import { plural, words } from "@/lib/format";
import { useCommands } from "@/lib/keys/useCommands";
import type { RunAtom } from "@/model/run";
import { Choice } from "@/ui/Choice";
import type { AtomSearch } from "./search";

interface AtomFiltersProps {
  /** Their states and attempts are offered. */
  atoms: RunAtom[];
  search: AtomSearch;
  onSearch: (next: AtomSearch) => void;
}

export function AtomFilters({ atoms, search, onSearch }: AtomFiltersProps) {
  const find = useRef<HTMLInputElement>(null);
  useCommands({ "list.find": () => find.current?.focus() });
  const set = (part: Partial<AtomSearch>) => onSearch({ ...search, ...part });
  const states = [...new Set(atoms.map((atom) => atom.status))].sort();
  const attempts = [...new Set(atoms.map((atom) => atom.attempts))].sort((a, b) => a - b);
  return (
    <>
      <label className="find">
        <span className="sr-only">Find an atom</span>
        <input
          ref={find}
          type="search"
          placeholder="Find by name or file"
          value={search.find ?? ""}
          onChange={(event) => set({ find: event.target.value || undefined })}
        />
      </label>
      <Choice
        label="State"
        value={search.state}
        options={states.map((state) => [state, words(state)])}
        onPick={(state) => set({ state })}
      />
      <Choice
        label="Attempts"
        value={search.attempts === undefined ? undefined : String(search.attempts)}
        options={attempts.map((count) => [String(count), count === 0 ? "the draft" : plural(count, "attempt")])}
        onPick={(count) => set({ attempts: count === undefined ? undefined : Number(count) })}
      />
    </>
  );
}

import { useState } from "react";
import { DiffTable } from "@/diff/DiffTable";
import { sameLines } from "@/diff/rows";
import type { Atom } from "@/model/atom";
import { Card } from "@/ui/Page";

interface Version {
  id: string;
  name: string;
  code: string;
}

/** The draft, each attempt whose code is kept, and what stands now where that is none of them. */
export function versionsOf(atom: Atom): Version[] {
  const draft = atom.originalCode === null ? [] : [{ id: "0", name: "the draft", code: atom.originalCode }];
  const tried = atom.attempts
    .filter((row) => row.number > 0 && row.code !== null)
    .map((row) => ({ id: String(row.number), name: `attempt ${row.number}`, code: row.code ?? "" }));
  const known = [...draft, ...tried];
  const { code } = atom;
  if (code === null || known.some((version) => sameLines(version.code, code))) return known;
  return [...known, { id: "now", name: "as it stands", code }];
}

/** The difference between any two versions of the atom; at first from the draft to what stands. */
export function Compare({ atom }: { atom: Atom }) {
  const versions = versionsOf(atom);
  const stands = versions.findLast(({ code }) => atom.code !== null && sameLines(code, atom.code)) ?? versions.at(-1);
  const [from, setFrom] = useState(versions[0]?.id ?? "");
  const [to, setTo] = useState(stands?.id ?? "");
  const [before, after] = [from, to].map((id) => versions.find((version) => version.id === id));
  if (versions.length < 2 || !before || !after) return null;
  return (
    <Card title="Versions">
      <div className="compare-line">
        <Pick label="From" value={before.id} versions={versions} onPick={setFrom} />
        <Pick label="To" value={after.id} versions={versions} onPick={setTo} />
      </div>
      {sameLines(before.code, after.code) ? (
        <p className="muted">Both have the same lines.</p>
      ) : (
        <DiffTable
          original={before.code}
          proposal={after.code}
          contextBefore=""
          contextAfter=""
          startLine={atom.startLine}
          findings={NONE}
          language={atom.language}
          mode="unified"
          label={`Code of ${before.name} against ${after.name}`}
        />
      )}
    </Card>
  );
}

const NONE: never[] = [];

interface PickProps {
  label: string;
  value: string;
  versions: Version[];
  onPick: (id: string) => void;
}

function Pick({ label, value, versions, onPick }: PickProps) {
  return (
    <label className="filter">
      <span>{label}</span>
      <select value={value} onChange={(event) => onPick(event.target.value)}>
        {versions.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

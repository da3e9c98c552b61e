import { useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { queryKeys } from "@/api/queryKeys";
import { urls } from "@/api/urls";
import { useLive } from "@/lib/live/useLive";
import { type LiveFrame, textOr } from "@/model/frame";
import { type RunAtoms, useRunAtoms, useRunSnapshot } from "./api/getRunOfPlan";

/** The state of every atom in a run, kept fresh by its socket; empty without a run. */
export function useStatuses(runId: string | undefined): ReadonlyMap<string, string> {
  const cache = useQueryClient();
  const run = useRunSnapshot(runId);
  const atoms = useRunAtoms(runId);
  const refetch = () => void cache.invalidateQueries({ queryKey: queryKeys.runAtoms(runId ?? "") });
  useLive({
    path: runId && run.data && atoms.data ? urls.runSocket(runId) : null,
    asOfId: run.data?.asOfId ?? null,
    onFrames: (frames) => {
      cache.setQueryData<RunAtoms>(queryKeys.runAtoms(runId ?? ""), (old) => old && withStatuses(old, frames));
    },
    onResync: refetch,
  });
  return useMemo(() => new Map(atoms.data?.atoms.map((atom) => [atom.id, atom.status])), [atoms.data]);
}

/** The atoms after one batch of events; the same object when no state in it changed. */
export function withStatuses(known: RunAtoms, frames: LiveFrame[]): RunAtoms {
  const changes = new Map<string, unknown>();
  for (const { type, data } of frames) {
    const many = type === "atoms.status" && Array.isArray(data.atoms) ? data.atoms : [];
    for (const row of type === "atom.status" ? [data] : (many as Record<string, unknown>[])) {
      changes.set(String(row.atom_id), row.status);
    }
  }
  if (changes.size === 0) return known;
  const atoms = known.atoms.map((atom) =>
    changes.has(atom.id) ? { ...atom, status: textOr(changes.get(atom.id), atom.status) } : atom,
  );
  return { ...known, atoms };
}

import { countsOr, type LiveFrame, numberOr, textOr } from "@/model/frame";
import type { RunAtom, RunDetail } from "@/model/run";
import type { RunAtoms } from "./api/getRunAtoms";

/** The run after one batch of events. Fields that a frame does not carry stay as they are. */
export function patchRun(run: RunDetail, frames: LiveFrame[]): RunDetail {
  return frames.reduce(patchOne, run);
}

function patchOne(run: RunDetail, frame: LiveFrame): RunDetail {
  const { type, data } = frame;
  if (type === "wave.status") return patchWave(run, data);
  if (type.startsWith("atom")) return dropEnded(run, statesIn(frame));
  if (!type.startsWith("run.")) return run;
  const nullable = (name: string, old: number | null) => (data[name] === null ? null : numberOr(data[name], old ?? 0));
  return {
    ...run,
    status: textOr(data.status, run.status),
    phase: textOr(data.phase, run.phase),
    phaseDetail: textOr(data.phase_detail, run.phaseDetail),
    progress: numberOr(data.progress, run.progress),
    byStatus: countsOr(data.by_status, run.byStatus),
    inFlight: numberOr(data.in_flight, run.inFlight),
    reserved: numberOr(data.reserved_usd, run.reserved),
    calls: numberOr(data.calls, run.calls),
    cost: "cost_usd" in data ? nullable("cost_usd", run.cost) : run.cost,
    error: "error" in data ? textOr(data.error, null) || null : run.error,
    precision: "precision" in data ? nullable("precision", run.precision) : run.precision,
    precisionReviewed:
      "precision_reviewed" in data ? nullable("precision_reviewed", run.precisionReviewed) : run.precisionReviewed,
    testsTotal: numberOr(data.tests_total, run.testsTotal),
    testsPassed: numberOr(data.tests_passed, run.testsPassed),
    atomsTotal: numberOr(data.atoms_total, run.atomsTotal),
    wavesTotal: numberOr(data.waves_total, run.wavesTotal),
    reviewPending: numberOr(data.review_pending, run.reviewPending),
    reviewTotal: numberOr(data.review_total, run.reviewTotal),
    seconds: numberOr(data.seconds, run.seconds ?? 0) || run.seconds,
    etaSeconds: textOr(data.status, run.status) === "running" ? run.etaSeconds : null,
  };
}

function patchWave(run: RunDetail, data: Record<string, unknown>): RunDetail {
  const waves = run.waves.map((wave) =>
    wave.number === data.wave_number
      ? { ...wave, status: textOr(data.status, wave.status), byStatus: countsOr(data.by_status, wave.byStatus) }
      : wave,
  );
  return { ...run, waves };
}

/** The states of atoms that a frame tells. */
function statesIn({ type, data }: LiveFrame): Record<string, unknown>[] {
  if (type === "atom.status") return [data];
  return type === "atoms.status" && Array.isArray(data.atoms) ? data.atoms : [];
}

/** Who began is known only when the run is read again; who ended is not at work any more. */
function dropEnded(run: RunDetail, states: Record<string, unknown>[]): RunDetail {
  const ended = new Set(states.filter((row) => row.status !== "running").map((row) => row.atom_id));
  const atWork = run.atWork.filter((atom) => !ended.has(atom.atomId));
  return atWork.length === run.atWork.length ? run : { ...run, atWork };
}

/** The atoms after one batch of events; the same object when nothing in it concerned an atom. */
export function patchAtoms(known: RunAtoms, frames: LiveFrame[]): RunAtoms {
  const changes = new Map<string, Record<string, unknown>>();
  for (const frame of frames) {
    for (const row of statesIn(frame)) changes.set(String(row.atom_id), row);
  }
  if (changes.size === 0) return known;
  const atoms = known.atoms.map((atom): RunAtom => {
    const change = changes.get(atom.id);
    if (!change) return atom;
    return {
      ...atom,
      status: textOr(change.status, atom.status),
      attempts: numberOr(change.attempts, atom.attempts),
      confidence: typeof change.confidence === "number" ? change.confidence : atom.confidence,
    };
  });
  return { ...known, atoms };
}

/** Events after which parts that no frame carries (failures, levels, who is at work, parked atoms) are to be read again. */
export function changesStructure(frames: LiveFrame[]): boolean {
  return frames.some(
    ({ type, data }) =>
      type === "run.finished" ||
      type === "run.phase" ||
      type === "review.added" ||
      (type === "run.status" && "status" in data),
  );
}

import { describe, expect, it } from "vitest";
import { toRunAtom, toRunDetail } from "@/model/run";
import { wireRunDetail } from "@/testing/builders";
import { frame } from "@/testing/frames";
import { changesStructure, patchAtoms, patchRun } from "./live";

const run = toRunDetail(wireRunDetail());
const atom = (id: string) =>
  toRunAtom({
    atom_id: id,
    path: "a.py",
    symbol: id,
    kind: "function",
    start_line: 1,
    end_line: 2,
    loc: 2,
    wave: 1,
    status: "pending",
    attempts: 0,
    confidence: null,
    suspiciousness: 0,
    review_id: null,
  });

describe("events of a run", () => {
  it("change what they carry and nothing else", () => {
    const data = { by_status: { passed: 64 }, progress: 1, cost_usd: null, calls: 3, in_flight: 4, reserved_usd: 0.2 };
    const after = patchRun(run, [frame({ type: "run.progress", data })]);
    expect(after).toEqual({
      ...run,
      byStatus: { passed: 64 },
      progress: 1,
      cost: null,
      calls: 3,
      inFlight: 4,
      reserved: 0.2,
    });
  });

  it("take the time left away from a run that stands still", () => {
    const after = patchRun(run, [frame({ type: "run.status", data: { status: "paused" } })]);
    expect([run.etaSeconds, after.etaSeconds]).toEqual([96, null]);
  });

  it("bring the precision at the end", () => {
    const after = patchRun(run, [frame({ type: "run.finished", data: { status: "completed", precision: 0.88 } })]);
    expect(after).toMatchObject({ status: "completed", precision: 0.88, precisionReviewed: null });
  });

  it("move the waves they name", () => {
    const after = patchRun(run, [frame({ type: "wave.status", data: { wave_number: 1, status: "failed" } })]);
    expect(after.waves[0]?.status).toBe("failed");
  });

  it("move atoms, one by one or many at once, and leave the others untouched", () => {
    const known = { atoms: [atom("x"), atom("y"), atom("z")], complete: true };
    const after = patchAtoms(known, [
      frame({ type: "atom.status", data: { atom_id: "x", status: "running", attempts: 1 } }),
      frame({
        type: "atoms.status",
        data: { atoms: [{ atom_id: "y", status: "passed", attempts: 0, confidence: 0.9 }] },
      }),
    ]);
    expect(after.atoms.map((row) => row.status)).toEqual(["running", "passed", "pending"]);
    expect(after.atoms[2]).toBe(known.atoms[2]);
    expect(patchAtoms(known, [frame()])).toBe(known);
  });

  it("take who ended out of those at work, and leave who goes on", () => {
    const at = (atomId: string) => ({
      atomId,
      path: "a.py",
      symbol: atomId,
      stage: "generate",
      attempts: 0,
      since: null,
    });
    const busy = { ...run, atWork: [at("x"), at("y"), at("z")] };
    const atoms = [
      { atom_id: "x", status: "passed" },
      { atom_id: "y", status: "running" },
    ];
    const after = patchRun(busy, [frame({ type: "atoms.status", data: { atoms } })]);
    expect(after.atWork.map((one) => one.atomId)).toEqual(["y", "z"]);
    const none = patchRun(busy, [frame({ type: "atom.status", data: { atom_id: "q", status: "passed" } })]);
    expect(none).toBe(busy);
  });

  it("survive nonsense", () => {
    const nonsense = frame({ type: "run.status", data: { status: 7, progress: "x", by_status: null } });
    expect(patchRun(run, [nonsense])).toEqual(run);
  });

  it("say when the rest of the page is worth fetching again", () => {
    expect(changesStructure([frame({ type: "run.progress" })])).toBe(false);
    expect(changesStructure([frame({ type: "run.finished" })])).toBe(true);
    expect(changesStructure([frame({ type: "run.status", data: { budget_warning: 0.75 } })])).toBe(false);
    expect(changesStructure([frame({ type: "run.status", data: { status: "budget_stopped" } })])).toBe(true);
  });
});

import { describe, expect, it } from "vitest";
import type { LiveFrame } from "@/model/frame";
import { frame } from "@/testing/frames";
import { accept, behind, type Sequence, startSequence } from "./sequence";

function play(start: Sequence, frames: LiveFrame[]) {
  let sequence = start;
  const verdicts = frames.map((each) => {
    const step = accept(sequence, each);
    sequence = step.sequence;
    return step.verdict;
  });
  return { sequence, verdicts };
}

describe("the sequence of events", () => {
  it("applies each event once, though replay and live stream overlap", () => {
    const events = [
      frame({ type: "hello", id: 12 }),
      frame({ id: 11 }),
      frame({ id: 12 }),
      frame({ id: 12 }),
      frame({ id: 11 }),
    ];
    expect(play(startSequence(10), events).verdicts).toEqual(["control", "apply", "apply", "drop", "drop"]);
  });

  it("drops what the snapshot already holds", () => {
    expect(play(startSequence(10), [frame({ id: 9 }), frame({ id: 10 })]).verdicts).toEqual(["drop", "drop"]);
  });

  it("takes gaps and late commits for what they are", () => {
    const { sequence, verdicts } = play(startSequence(10), [frame({ id: 20 }), frame({ id: 18 })]);
    expect(verdicts).toEqual(["apply", "apply"]);
    expect(sequence.lastId).toBe(20);
  });

  it("asks for everything anew only when the server says so, and goes on from there", () => {
    const { sequence, verdicts } = play(startSequence(10), [
      frame({ type: "hello", id: 5000 }),
      frame({ type: "resync" }),
    ]);
    expect(verdicts).toEqual(["control", "resync"]);
    expect(sequence.lastId).toBe(5000);
  });

  it("counts how far it is behind the server's hello", () => {
    const { sequence } = play(startSequence(10), [frame({ type: "hello", id: 224 }), frame({ id: 24 })]);
    expect(behind(sequence)).toBe(200);
    expect(behind(play(sequence, [frame({ id: 224 })]).sequence)).toBe(0);
  });
});

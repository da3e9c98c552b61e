import { describe, expect, it } from "vitest";
import { foldRows } from "./fold";
import { wordMarks } from "./marks";
import { changeCount, type DiffRow, diffRows, sameLines, splitLines } from "./rows";
import { sliceTokens } from "./slices";
import { splitRows } from "./split";

const brief = (rows: DiffRow[]) => rows.map((row) => `${{ same: " ", added: "+", removed: "-" }[row.kind]}${row.text}`);

describe("diff rows", () => {
  const rows = diffRows("a\nb\nc\nd\n", "a\nB\nB2\nc\n");

  it("puts what is removed before what replaces it", () => {
    expect(brief(rows)).toEqual([" a", "-b", "+B", "+B2", " c", "-d"]);
    expect(changeCount(rows)).toBe(2);
  });

  it("rebuilds both texts", () => {
    const side = (kind: "added" | "removed") => rows.filter((row) => row.kind === "same" || row.kind === kind);
    expect(side("removed").map((row) => row.text)).toEqual(["a", "b", "c", "d"]);
    expect(side("added").map((row) => row.text)).toEqual(["a", "B", "B2", "c"]);
    expect(side("added").map((row) => row.newLine)).toEqual([1, 2, 3, 4]);
  });

  it("treats a hole as all added and an empty proposal as all removed", () => {
    expect(brief(diffRows("", "x\ny\n"))).toEqual(["+x", "+y"]);
    expect(brief(diffRows("x\n", ""))).toEqual(["-x"]);
    expect(splitLines("")).toEqual([]);
  });

  it("pairs sides and leaves the rest open", () => {
    const pairs = splitRows(rows).map(({ left, right }) => [left?.text ?? null, right?.text ?? null]);
    expect(pairs).toEqual([
      ["a", "a"],
      ["b", "B"],
      [null, "B2"],
      ["c", "c"],
      ["d", null],
    ]);
  });
});

describe("word marks", () => {
  const row = (kind: "added" | "removed", text: string, partner: string): DiffRow => ({
    kind,
    text,
    partner,
    oldLine: 1,
    newLine: 1,
    change: 1,
  });

  it("mark what differs between paired lines", () => {
    const text = "return total + tax";
    const marked = wordMarks(row("added", text, "return total - tax")).map(({ from, to }) => text.slice(from, to));
    expect(marked.join("").trim()).toBe("+");
  });

  it("stay away where lines have nothing in common", () => {
    expect(wordMarks(row("added", "raise ValueError(name)", "x = {1: 2}"))).toEqual([]);
  });

  it("cut tokens at their borders and lose nothing", () => {
    const slices = sliceTokens([{ text: "abcdef", classes: "tok-name" }], [{ from: 2, to: 4 }]);
    expect(slices.map((slice) => [slice.text, slice.marked])).toEqual([
      ["ab", false],
      ["cd", true],
      ["ef", false],
    ]);
  });
});

describe("folding", () => {
  const long = Array.from({ length: 60 }, (_, line) => `line ${line}`);
  const changed = long.map((line, index) => (index === 30 ? "changed" : line));

  it("hides unchanged lines far from a change, and covers every row once", () => {
    const rows = diffRows(long.join("\n"), changed.join("\n"));
    const stretches = foldRows(rows, () => false);
    expect(stretches.filter((stretch) => stretch.folded)).toHaveLength(2);
    expect(stretches[0]?.start).toBe(0);
    expect(stretches.at(-1)?.end).toBe(rows.length);
    expect(stretches.slice(1).map((stretch) => stretch.start)).toEqual(
      stretches.slice(0, -1).map((stretch) => stretch.end),
    );
  });

  it("keeps lines that carry a finding in sight", () => {
    const rows = diffRows(long.join("\n"), changed.join("\n"));
    const stretches = foldRows(rows, (row) => row.newLine === 3);
    expect(stretches[0]).toMatchObject({ start: 0, folded: false });
  });

  it("shows everything where nothing changed", () => {
    expect(foldRows(diffRows(long.join("\n"), long.join("\n")), () => false)).toHaveLength(1);
  });
});

it("texts that differ in their last line end alone show no change", () => {
  expect(sameLines("a\nb\n", "a\nb")).toBe(true);
  expect(sameLines("a\nb", "a\nc")).toBe(false);
  expect(sameLines("", null)).toBe(false);
});

import { describe, expect, it } from "vitest";
import { toFinding } from "@/model/validation";
import { wireFinding } from "@/testing/builders";
import { highlightLines } from "./highlight";
import { diffModel } from "./model";

const input = {
  original: "    return 1\n",
  proposal: "    return 2\n",
  contextBefore: "def f():\n",
  contextAfter: "\nx = f()\n",
  startLine: 10,
  findings: [toFinding(wireFinding({ line: 10 })), toFinding(wireFinding({ line: 99, message: "far away" }))],
};

describe("an atom in its place", () => {
  const model = diffModel(input);

  it("numbers lines as the file does", () => {
    const numbers = model.rows.map((row) => (row.newLine ?? row.oldLine ?? 0) + model.offset);
    expect(numbers).toEqual([9, 10, 10, 11, 12]);
  });

  it("puts a finding at its line, and keeps one that has no line here", () => {
    expect(model.byLine.get(10)).toHaveLength(1);
    expect(model.elsewhere.map((finding) => finding.message)).toEqual(["far away"]);
  });

  it("tells the surroundings from the atom", () => {
    expect(model.rows.map(model.isContext)).toEqual([true, false, false, true, true]);
  });

  it("shows the draft where there is no proposal", () => {
    expect(diffModel({ ...input, proposal: null }).rows.every((row) => row.kind === "same")).toBe(true);
  });
});

describe("highlighting", () => {
  it.each(["def f(x):\n    return x\n", "    def m(self):\n        return 1\n", "\n  broken ((", ""])(
    "loses no character of %j",
    (text) => {
      const lines = highlightLines(text, "python").map((tokens) => tokens.map((token) => token.text).join(""));
      expect(lines.join("\n").trimEnd()).toBe(text.trimEnd());
    },
  );

  it("colours an indented method as code, not as an error", () => {
    const classes = highlightLines("    def m(self):\n        return 1\n", "python")
      .flat()
      .map((token) => token.classes);
    expect(classes.filter((name) => name.includes("keyword"))).toHaveLength(2);
  });

  it("leaves an unknown language and a huge text plain", () => {
    expect(highlightLines("x = 1", "cobol")[0]).toEqual([{ text: "x = 1", classes: "" }]);
    expect(highlightLines("x".repeat(70_000), "python")[0]).toHaveLength(1);
  });
});

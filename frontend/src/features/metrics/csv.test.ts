import { describe, expect, it } from "vitest";
import { toCsv } from "./csv";
import { periodOf } from "./period";

describe("CSV", () => {
  it("quotes what needs it and leaves unknown cells empty", () => {
    expect(toCsv(["a", "b"], [['say "hi", please', null]])).toBe('a,b\r\n"say ""hi"", please",');
  });

  it("never hands a formula to a spreadsheet", () => {
    expect(toCsv(["name"], [["=HYPERLINK(1)"], ["@x"], ["-1+2"]])).toBe("name\r\n'=HYPERLINK(1)\r\n'@x\r\n'-1+2");
    expect(toCsv(["n"], [[-1.5]])).toBe("n\r\n-1.5");
  });
});

describe("a range", () => {
  it("begins with a day", () => {
    expect(periodOf("7d", new Date("2026-03-10T17:30:00Z")).since).toBe("2026-03-03T00:00:00.000Z");
    expect(periodOf("all", new Date())).toEqual({ since: null, until: null });
  });
});

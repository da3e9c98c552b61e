import { describe, expect, it } from "vitest";
import { visiblePieces, visibleText } from "./visible";

const joined = (text: string) =>
  visiblePieces(text)
    .map((piece) => piece.text)
    .join("");

describe("text that may hide something", () => {
  it.each([
    ["right-to-left override", "if access\u202e) {", "U+202E"],
    ["isolates", "a\u2066b\u2069", "U+2066"],
    ["zero width space", "pass\u200bword", "U+200B"],
    ["byte order mark inside", "x\ufeffy", "U+FEFF"],
    ["tag characters", "ok\u{e0041}", "U+E0041"],
    ["escape", "\u001b[31mred", "U+001B"],
    ["Hangul filler as a name", "\u3164 = 1", "U+3164"],
    ["carriage return", "safe\rrm", "U+000D"],
  ])("shows %s", (_name, text, label) => {
    expect(visibleText(text)).toContain(`[${label}]`);
    expect(joined(text)).toBe(text);
  });

  it("leaves honest text alone, in any script", () => {
    for (const text of ["", "def f():\n\treturn 1", "naïve – 価格 – שלום"]) {
      expect(visiblePieces(text)).toEqual([{ text, hidden: null }]);
    }
  });

  it("names what it shows", () => {
    expect(visiblePieces("a\u202eb")[1]?.hidden).toBe("U+202E right-to-left override");
  });
});

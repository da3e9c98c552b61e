import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/** WCAG contrast of the colours that meet on screen, computed from the theme file itself. */
const css = readFileSync("src/styles/tokens.css", "utf8");
const tokens = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(([, name, light, dark]) => [
    name,
    { light, dark },
  ]),
);

function luminance(hex: string): number {
  const channel = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(one: string, other: string, theme: "light" | "dark"): number {
  const [a, b] = [one, other].map((name) => luminance(tokens.get(name)?.[theme] ?? "#000000"));
  const [high, low] = [Math.max(a ?? 0, b ?? 0), Math.min(a ?? 0, b ?? 0)];
  return (high + 0.05) / (low + 0.05);
}

const code = ["tok-keyword", "tok-string", "tok-number", "tok-comment", "tok-name", "tok-type", "text"];
const grounds = ["bg", "bg-sunken", "add-bg", "add-mark", "del-bg", "del-mark", "bg-selected"];
const text = ["text", "text-2", "text-3"].flatMap((ink) =>
  ["bg", "bg-sunken", "bg-raised", "bg-hover"].map((ground) => [ink, ground] as const),
);
const tones = ["good", "bad", "warn", "info"].flatMap(
  (tone) =>
    [
      [tone, `${tone}-bg`],
      [tone, "bg-raised"],
    ] as const,
);
/** Line numbers and signs beside code, what lies on a chosen row or a tag, and links. */
const beside = [
  ...["text-2", "text-3"].flatMap((ink) => ["bg-selected", "muted-bg"].map((ground) => [ink, ground] as const)),
  ...["text-2", "good", "bad"].flatMap((ink) => ["add-bg", "del-bg"].map((ground) => [ink, ground] as const)),
  ...["good", "bad", "warn", "info"].flatMap((ink) =>
    ["bg", "bg-sunken", "bg-hover", "bg-selected"].map((ground) => [ink, ground] as const),
  ),
  ...["bg", "bg-sunken", "bg-raised", "bg-hover", "bg-selected"].map((ground) => ["accent", ground] as const),
];
const pairs = [...text, ...tones, ...beside, ...code.flatMap((ink) => grounds.map((ground) => [ink, ground] as const))];

describe.each(["light", "dark"] as const)("contrast in the %s theme", (theme) => {
  it.each(pairs)("%s on %s reads", (ink, ground) => {
    expect(contrast(ink, ground, theme)).toBeGreaterThanOrEqual(4.5);
  });

  it("a primary button reads", () => {
    expect(contrast("accent-text", "accent-strong", theme)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(
    ["ring", "line-strong"].flatMap((name) =>
      ["bg", "bg-sunken", "bg-raised", "bg-selected"].map((ground) => [name, ground] as const),
    ),
  )("%s is seen on %s", (name, ground) => {
    expect(contrast(name, ground, theme)).toBeGreaterThanOrEqual(3);
  });

  it.each(["good-fill", "bad-fill", "info-fill"])("a cell in %s is told from its ground", (name) => {
    expect(contrast(name, "bg-raised", theme)).toBeGreaterThanOrEqual(3);
  });
});

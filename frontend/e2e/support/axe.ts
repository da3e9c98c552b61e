import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, type Page } from "@playwright/test";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Violation {
  id: string;
  nodes: { target: unknown; failureSummary?: string }[];
}

/**
 * What is asked of axe. A theme and a width change colours or places, not names, roles or their order, so that a page
 * which passed "all" needs only "colours" in its other theme and "all but colours" at its other widths.
 */
type Rules = "all" | "colours" | "all but colours";

const COLOURS = ["color-contrast", "link-in-text-block"];

/** Runs in the page: until the colours of the new theme have arrived everywhere. */
async function untilStill(): Promise<void> {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  do await frame();
  while (document.getAnimations().some((animation) => animation instanceof CSSTransition));
  await frame();
}

/** The page as it stands, in the light theme and in the dark one. */
export async function expectAccessibleInBothThemes(page: Page): Promise<void> {
  for (const [colorScheme, rules] of [
    ["light", "all"],
    ["dark", "colours"],
  ] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.evaluate(untilStill);
    await expectAccessible(page, rules);
  }
}

/** Runs axe on the page as it stands, and expects nothing to be found. */
export async function expectAccessible(page: Page, rules: Rules = "all"): Promise<void> {
  // Through the debugger, not a script tag: the page's content security policy stays as it is. Once a document.
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(AXE);
  const violations = await page.evaluate(
    async ([asked, colours]) => {
      const { axe } = globalThis as unknown as {
        axe: { run: (options: object) => Promise<{ violations: Violation[] }> };
      };
      const off = asked === "all but colours" ? colours.map((id) => [id, { enabled: false }]) : [];
      const options =
        asked === "colours"
          ? { runOnly: colours }
          : { rules: { ...Object.fromEntries(off), "target-size": { enabled: true } } }; // WCAG 2.2, 2.5.8: off in axe unless it is asked for
      return (await axe.run({ resultTypes: ["violations"], ...options })).violations;
    },
    [rules, COLOURS] as const,
  );
  const brief = violations.map(({ id, nodes }) => ({
    id,
    at: nodes.map((node) => [node.target, node.failureSummary]),
  }));
  expect(brief).toEqual([]);
}

import { createRequire } from "node:module";
import { expect, type Page } from "@playwright/test";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

interface Violation {
  id: string;
  nodes: { target: unknown; failureSummary?: string }[];
}

/** The page as it stands, in the light theme and in the dark one. */
export async function expectAccessibleInBothThemes(page: Page): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.waitForTimeout(100);
    await expectAccessible(page);
  }
}

/** Runs axe on the page as it stands, and expects nothing to be found. */
export async function expectAccessible(page: Page): Promise<void> {
  // Through the debugger, not a script tag: the page's content security policy stays as it is.
  const { readFileSync } = await import("node:fs");
  await page.evaluate(readFileSync(AXE, "utf8"));
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run: (options: object) => Promise<{ violations: Violation[] }> };
    };
    const rules = { "target-size": { enabled: true } }; // WCAG 2.2, 2.5.8: off in axe unless it is asked for
    return (await axe.run({ resultTypes: ["violations"], rules })).violations;
  });
  const brief = violations.map(({ id, nodes }) => ({
    id,
    at: nodes.map((node) => [node.target, node.failureSummary]),
  }));
  expect(brief).toEqual([]);
}

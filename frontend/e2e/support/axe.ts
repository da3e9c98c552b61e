import { createRequire } from "node:module";
import { expect, type Page } from "@playwright/test";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

interface Violation {
  id: string;
  nodes: { target: unknown; failureSummary?: string }[];
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
    return (await axe.run({ resultTypes: ["violations"] })).violations;
  });
  const brief = violations.map(({ id, nodes }) => ({
    id,
    at: nodes.map((node) => [node.target, node.failureSummary]),
  }));
  expect(brief).toEqual([]);
}

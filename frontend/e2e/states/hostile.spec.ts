import type { Page } from "@playwright/test";
import { wireReview, wireRun } from "../../src/testing/builders";
import { atom, atoms, plan, planDetail } from "../support/cast";
import { expect, test } from "../support/mock";
import { commonWorld, runDetail, USER } from "../support/world";

const HTML = "<img src=x onerror=window.__hit=1><script>window.__hit=1</script>";
const LONG = "x".repeat(20_000);

const decided = {
  decision: "approve",
  by: "alice",
  at: "2026-11-20T10:00:00Z",
  reason_code: "types",
  feedback: "fine",
  active_ms: 1,
};

const noSideways = (page: Page) =>
  expect
    .poll(() => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth))
    .toBeLessThanOrEqual(0);

test("what a plan, a repository or a model says stays text", async ({ page, server }) => {
  commonWorld(server);
  const code = `    if access_level != "user\u202e \u2066# admin\u2069 \u2066":\n        pass\u200bword = 1\n    ${LONG}\n`;
  const item = wireReview({
    symbol: `${HTML}\u202egnp`,
    path: `${"deep/".repeat(80)}${HTML}.py`,
    reasons: [HTML],
    code,
    failing_tests: [{ id: HTML, message: `\u001b[31m${HTML}` }],
    suggestions: [
      {
        title: HTML,
        detail: LONG,
        source: HTML,
        code: null,
        verified: false,
        kind: "issue",
        model: HTML,
        cost_usd: null,
      },
    ],
  });
  const counts = { pending: 1, in_review: 0, done: 0, mine_today: 0 };
  server.json("GET", /review\/queue$/, { results: [item], next: null, counts, as_of_id: 1 });
  server.json("GET", /review\/review-1$/, item);
  await page.goto("/review/review-1");
  await expect(page.locator('[data-review="review-1"]')).toBeVisible();
  for (const label of ["U+202E", "U+2066", "U+200B", "U+001B"]) {
    await expect(page.locator(".hidden-char", { hasText: label }).first()).toBeVisible();
  }
  await expect(page.getByText("more characters")).toBeVisible();
  expect(await page.evaluate(() => "__hit" in window)).toBe(false);
  await noSideways(page);
  await page.setViewportSize({ width: 320, height: 640 });
  await noSideways(page);
});

/** Every string that the server may send, replaced by hostile text; what the console itself understands is left. */
const KNOWN =
  /^(status|kind|language|.*_id|.*_at|.*_until|mode|policy|phase|decision|source_kind|type|severity|level_name|view|next)$/;
function poisoned<T>(value: T, name = ""): T {
  if (typeof value === "string") return (KNOWN.test(name) ? value : `${EVIL}${value}`) as T;
  if (Array.isArray(value)) return value.map((item) => poisoned(item, name)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, poisoned(inner, key)])) as T;
}

/** Runs in the page: where such a character stands in the text as it is. */
function unmarked(): string[] {
  const found: string[] = [];
  const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (nodes.nextNode()) {
    const { data, parentElement } = nodes.currentNode as Text;
    if (/[\u202a-\u202e\u2066-\u2069\u200b]/.test(data)) {
      found.push(`${parentElement?.closest("[class]")?.className}: ${data.replace(/[^ -~]/g, "?").slice(-40)}`);
    }
  }
  return found;
}

const EVIL = `${HTML}\u202e\u200b"><svg onload=window.__hit=1> `;

for (const [path, shown] of [
  ["/review/review-1", ".code-pane"],
  ["/masterplans", "table"],
  ["/masterplans/plan-1", "table"],
  ["/runs", "table"],
  ["/runs/run-1", ".run-line"],
  ["/atoms/atom-1?run=run-1", ".code-scroll"],
] as const) {
  test(`hostile text in every field of ${path} stays text, and what hides in it is seen`, async ({ page, server }) => {
    commonWorld(server, { ...USER, username: EVIL });
    const review = wireReview({ decisions: [decided], assigned_to: "x" });
    const counts = { pending: 1, in_review: 0, done: 0, mine_today: 0 };
    server
      .json("GET", /review\/queue$/, { results: [poisoned(review)], next: null, counts, as_of_id: 1 })
      .json("GET", /review\/review-1$/, poisoned(review))
      .json("GET", /masterplans\/$/, { results: [poisoned(plan())], next: null })
      .json("GET", /masterplans\/plan-1\/$/, poisoned(planDetail()))
      .json("GET", /execution\/runs$/, { results: [poisoned(wireRun())], next: null })
      .json("GET", /execution\/runs\/run-1$/, poisoned(runDetail()))
      .json("GET", /runs\/run-1\/atoms$/, { results: poisoned(atoms()), next: null })
      .json("GET", /atoms\/atom-1$/, poisoned(atom()));
    await page.goto(path);
    await expect(page.locator(shown).first()).toBeVisible();
    if (path.startsWith("/review")) {
      for (const name of ["Context", "Checks", "History", "Dependents"]) {
        await page.getByRole("tab", { name }).click();
        await expect(page.getByRole("tabpanel")).toBeVisible();
        await page.waitForTimeout(80);
        expect(await page.evaluate(unmarked), name).toEqual([]);
      }
      await page.keyboard.press("Control+k");
      await page.keyboard.press("Escape");
    }
    await expect(page.locator(".hidden-char", { hasText: "U+202E" }).first()).toBeVisible();
    expect(await page.evaluate(unmarked), "text that shows characters which hide or reorder others").toEqual([]);
    expect(await page.evaluate(() => "__hit" in window)).toBe(false);
    await noSideways(page);
  });
}

test("a line of 100 kB, in code and in a message, neither hangs nor widens the page", async ({ page, server }) => {
  commonWorld(server);
  const line = `x = "${"y".repeat(100_000)}"`;
  const item = wireReview({
    code: `${line}\n`,
    original_code: `${line}z\n`,
    findings: [],
    failing_tests: [{ id: "t", message: line }],
    symbol: "y".repeat(5000),
  });
  server.json("GET", /review\/review-1$/, item);
  const start = Date.now();
  await page.goto("/review/review-1");
  await expect(page.locator(".code-pane tr.added")).toBeVisible();
  await expect(page.getByText("more characters").first()).toBeVisible();
  expect(Date.now() - start).toBeLessThan(10_000);
  await noSideways(page);
  await page.keyboard.press("m");
  await expect(page.locator(".diff.split")).toBeVisible();
  await noSideways(page);
});

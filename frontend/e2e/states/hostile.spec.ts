import type { Page } from "@playwright/test";
import { wireReview } from "../../src/testing/builders";
import { expect, test } from "../support/mock";
import { commonWorld } from "../support/world";

const HTML = "<img src=x onerror=window.__hit=1><script>window.__hit=1</script>";
const LONG = "x".repeat(20_000);

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
    suggestions: [{ title: HTML, detail: LONG, source: HTML, code: null, verified: false }],
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

for (const path of ["/review", "/review/review-1", "/masterplans", "/masterplans/plan-1", "/runs", "/runs/run-1"]) {
  test(`${path} fits 320 pixels`, async ({ page, server }) => {
    commonWorld(server);
    await page.setViewportSize({ width: 320, height: 640 });
    await page.goto(path);
    await expect(page.locator(".shell[data-ready=true]")).toBeVisible();
    await page.waitForTimeout(300);
    await noSideways(page);
  });
}

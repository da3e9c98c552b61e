import { test as base, expect, type Page } from "@playwright/test";
import { expectAccessible } from "../support/axe";
import { signIn } from "./signIn";

/** Goes down the queue to the first item that has code: a hole has none to read. */
async function goToFirstDiff(page: Page): Promise<void> {
  await expect(async () => {
    if (!(await page.locator(".diff").isVisible())) await page.keyboard.press("j");
    await expect(page.locator(".diff")).toBeVisible({ timeout: 1000 });
  }).toPass();
}

/** These run against a real server with the bundled example in it; see `e2e/server/run.py`. */
const test = base;
const openCount = async (page: Page): Promise<number> =>
  Number.parseInt((await page.getByTestId("open-count").textContent()) ?? "", 10);

test("sign in, open the queue, read a diff, approve, see the count fall", async ({ page }) => {
  await signIn(page);
  await page.getByRole("link", { name: "Review" }).click();
  const item = page.locator("[data-review]");
  await expect(item).toBeVisible();
  await goToFirstDiff(page);
  await expect(page.getByRole("heading", { name: "Why this is here" })).toBeVisible();
  const first = await item.getAttribute("data-review");
  const before = await openCount(page);
  expect(before).toBeGreaterThan(0);
  await page.waitForTimeout(200);
  const answer = page.waitForResponse((response) => response.url().endsWith("/review/approve"));
  await page.keyboard.press("a");
  expect((await answer).status()).toBe(200);
  await expect.poll(() => openCount(page)).toBe(before - 1);
  await expect(page.locator(`[data-review="${first}"]`)).toBeHidden();
  await page.reload();
  await expect.poll(() => openCount(page)).toBe(before - 1);
});

test("axe finds nothing on the pages of the real run", async ({ page }) => {
  await signIn(page);
  for (const name of ["Review", "Plans", "Runs"]) {
    await page.getByRole("link", { name, exact: true }).click();
    await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
    await page.waitForTimeout(500);
    await expectAccessible(page);
  }
  await page.locator("a.row-link").first().click();
  await expect(page.getByRole("heading", { name: "Waves" })).toBeVisible();
  await page.waitForTimeout(500);
  await expectAccessible(page);
  await page.locator(".failure-group a, table a.row-link").first().click();
  await expect(page.getByRole("heading", { name: "In its file" })).toBeVisible();
  await page.waitForTimeout(500);
  await expectAccessible(page);
});

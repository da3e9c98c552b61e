import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { signIn } from "../stories/signIn";

/**
 * Pictures of every page on the bundled example, for `docs/img` (light) and for a look (dark, in the results folder).
 * `npm run screenshots`; not part of the tests.
 */
const DOCS = join(import.meta.dirname, "../../../docs/img");
const WIDTHS = { 1440: 900, 390: 844 } as const;
const RAIL = ["Graph", "Metrics", "Rollout", "Settings"];

const settle = async (page: Page) => {
  await expect(page.locator(".skeleton[data-shown=true]")).toHaveCount(0);
  await page.waitForTimeout(700);
};

/** The same place in all widths and themes. */
async function shoot(page: Page, name: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  for (const [width, height] of Object.entries(WIDTHS)) {
    await page.setViewportSize({ width: Number(width), height });
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await settle(page);
      const folder = colorScheme === "light" ? DOCS : test.info().outputDir;
      const suffix = colorScheme === "light" ? "" : "-dark";
      // WebP, which Playwright itself does not write: a third of the size.
      const picture = await session.send("Page.captureScreenshot", { format: "webp", quality: 82 });
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, `${name}-${width}${suffix}.webp`), Buffer.from(picture.data, "base64"));
    }
  }
  await session.detach();
  await page.setViewportSize({ width: 1440, height: 900 });
}

/** The graph of a plan with one atom chosen, and a shadow pair side by side: the run for it is made here. */
async function shootDetails(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Graph", exact: true }).click();
  await page.locator("a.row-link").first().click();
  await page.getByRole("button", { name: "Names" }).click();
  await expect(page.locator(".names text").first()).toBeVisible();
  await page.getByLabel("Find an atom").fill("order_price");
  await page.keyboard.press("Enter");
  await expect(page.locator(".atom-panel .ends").first()).toBeVisible();
  await shoot(page, "graph-of-a-plan");
  await page.getByRole("link", { name: "Plans" }).click();
  await page.locator("a.row-link").first().click();
  await page.getByRole("combobox", { name: /^Mode/ }).selectOption("mvp");
  await page.getByLabel("Ship the MVP, with V2 in its shadow").check();
  await page.getByRole("button", { name: "Start run" }).click();
  await expect(page.getByRole("link", { name: "MVP beside V2" })).toBeVisible({ timeout: 120_000 });
  await page.getByRole("link", { name: "MVP beside V2" }).click();
  await expect(async () => {
    await page.reload();
    await expect(page.getByText(/Precision.*Tests passed/)).toBeVisible();
    await expect(page.getByText("running")).toHaveCount(0);
  }).toPass({ timeout: 120_000 });
  await shoot(page, "comparison");
}

test("every page", async ({ page }) => {
  test.setTimeout(600_000);
  await page.goto("/login");
  await shoot(page, "sign-in");
  await signIn(page);
  await page.getByRole("link", { name: "Review", exact: true }).click();
  await expect(page.locator("[data-review]")).toBeVisible();
  // An item that says most: one with a failing test.
  for (let tries = 0; tries < 20 && !(await page.locator(".failing").isVisible()); tries += 1) {
    await page.keyboard.press("j");
    await settle(page);
  }
  await page.keyboard.press("1");
  await shoot(page, "review");
  await page.getByRole("link", { name: "Plans" }).click();
  await expect(page.locator("a.row-link").first()).toBeVisible();
  await shoot(page, "plans");
  await page.locator("a.row-link").first().click();
  await shoot(page, "plan");
  await page.getByRole("link", { name: "Runs" }).click();
  await expect(page.locator("a.row-link").first()).toBeVisible();
  await shoot(page, "runs");
  await page.locator("a.row-link").first().click();
  await expect(page.getByRole("heading", { name: "Waves" })).toBeVisible();
  await shoot(page, "run");
  await page.locator('a[href*="/atoms/"]').first().click();
  await expect(page.getByRole("heading", { name: "In its file" })).toBeVisible();
  await shoot(page, "atom");
  for (const name of RAIL) {
    const link = page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name, exact: true });
    if ((await link.count()) === 0) continue;
    await link.click();
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await shoot(page, name.toLowerCase());
  }
  await shootDetails(page);
});

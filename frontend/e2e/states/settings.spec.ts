import type { Page } from "@playwright/test";
import { expectAccessibleInBothThemes } from "../support/axe";
import { expect, type MockServer, test } from "../support/mock";
import { commonWorld } from "../support/world";

const approvals = (server: MockServer) => server.called("POST", /approve$/);
const item = async (page: Page, id = "review-1") => {
  await expect(page.locator(`[data-review="${id}"]`)).toBeVisible();
  await page.waitForTimeout(200);
};
async function settings(page: Page): Promise<void> {
  await page.goto("/settings");
  await expect(page.getByRole("heading", { level: 1, name: "Settings" })).toBeVisible();
}

test.beforeEach(({ server }) => commonWorld(server));

test("a key is remapped, kept, shown everywhere and can be put back", async ({ page, server }) => {
  await settings(page);
  await page.getByLabel("Find a command or a key").fill("approve");
  await page.getByRole("button", { name: "Change the key of Approve" }).click();
  await page.keyboard.press("Alt+y");
  await expect(page.locator(".key-row kbd").first()).toHaveText("Alt+Y", { timeout: 3000 });
  await page.goto("/review/review-1");
  await item(page);
  await expect(page.getByRole("button", { name: "Approve" })).toContainText("Alt+Y");
  await expect(page.getByRole("button", { name: "Approve" })).toHaveAttribute("title", "Approve (Alt+Y)");
  await page.keyboard.press("a");
  await page.waitForTimeout(100);
  expect(approvals(server)).toHaveLength(0);
  await page.keyboard.press("?");
  await expect(page.locator(".key-line", { hasText: "Approve" })).toContainText("Alt+Y");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("approve");
  await expect(page.getByRole("option", { name: /Approve/ })).toContainText("Alt+Y");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Alt+y");
  await item(page, "review-2");
  expect(approvals(server)).toHaveLength(1);
  await page.keyboard.press("g");
  await page.keyboard.press("s");
  await page.getByRole("button", { name: "Reset all keys" }).click();
  await expect(page.locator(".key-row", { hasText: "Approve" }).locator("kbd")).toHaveText("A");
});

test("everything goes back to how it came with one button", async ({ page }) => {
  await settings(page);
  await page.getByText("Dark", { exact: true }).click();
  await page.getByText("Split", { exact: true }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.getByLabel("Single-letter keys").uncheck();
  await page.getByRole("button", { name: "Reset all settings" }).click();
  await expect(page.getByRole("radio", { name: "Unified" })).toBeChecked();
  await expect(page.getByLabel("Single-letter keys")).toBeChecked();
  await expect(page.locator("html")).not.toHaveAttribute("data-theme");
});

test("a key that is taken is given only when it is taken away there", async ({ page }) => {
  await settings(page);
  await page.getByRole("button", { name: "Change the key of Approve" }).click();
  await page.keyboard.press("x");
  await expect(page.getByRole("alert")).toContainText("X is taken by Reject", { timeout: 3000 });
  await page.getByRole("button", { name: "Keep as it is" }).click();
  await expect(page.locator(".key-row", { hasText: "Approve" }).locator("kbd")).toHaveText("A");
  await page.getByRole("button", { name: "Change the key of Approve" }).click();
  await page.keyboard.press("x");
  await page.getByRole("button", { name: "Take it from there" }).click();
  await expect(page.locator(".key-row", { hasText: "Approve" }).locator("kbd")).toHaveText("X");
  await expect(page.locator(".key-row", { hasText: "Reject" })).toContainText("no key");
  await page.getByRole("button", { name: "Change the key of Approve" }).click();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Change the key of Approve" })).toBeVisible();
});

test("single letters can be switched off, and the buttons then name none", async ({ page, server }) => {
  await settings(page);
  await page.getByLabel("Single-letter keys").uncheck();
  await page.reload();
  await expect(page.getByLabel("Single-letter keys")).not.toBeChecked();
  await page.goto("/review/review-1");
  await item(page);
  for (const key of ["a", "x", "g", "q", "Shift+p"]) await page.keyboard.press(key);
  await page.waitForTimeout(100);
  expect(server.calls.filter((call) => /approve|reject|skip/.test(call.path))).toHaveLength(0);
  await expect(page.getByRole("button", { name: "Approve" }).locator(".kbd")).toHaveCount(0);
  await page.keyboard.press("ArrowDown");
  await item(page, "review-2");
});

test("staying on the item, the diff, the tab width, theme and motion are kept", async ({ page, server }) => {
  await settings(page);
  for (const label of ["Stay on the item", "Split", "8 columns", "Dark", "Reduced"]) {
    await page.getByText(label, { exact: true }).click();
  }
  await page.goto("/review/review-1");
  await item(page);
  await expect(page.locator(".diff.split")).toBeVisible();
  const root = page.locator("html");
  await expect(root).toHaveAttribute("data-theme", "dark");
  await expect(root).toHaveAttribute("data-motion", "reduced");
  await expect(page.locator(".code").first()).toHaveCSS("tab-size", "8");
  await page.keyboard.press("a");
  await expect.poll(() => approvals(server).length).toBe(1);
  await expect(page).toHaveURL(/review-1/);
});

test("settings pass axe in both themes, while a key is recorded too", async ({ page }) => {
  await settings(page);
  await expectAccessibleInBothThemes(page);
  await page.getByLabel("Single-letter keys").uncheck();
  await page.getByRole("button", { name: "Change the key of Approve" }).click();
  await expectAccessibleInBothThemes(page);
});

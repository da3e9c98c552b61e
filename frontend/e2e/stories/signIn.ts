import { expect, type Page } from "@playwright/test";

/** Signs in with the account that the harness names. */
export async function signIn(page: Page): Promise<void> {
  const user = process.env.MGE_E2E_USER;
  const password = process.env.MGE_E2E_PASSWORD;
  if (!user || !password) throw new Error("MGE_E2E_USER and MGE_E2E_PASSWORD are not set; see e2e/server/run.py");
  await page.goto("/");
  await expect(page.locator("form[data-ready=true]")).toBeVisible();
  await page.getByLabel("User name").fill(user);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.locator(".shell[data-ready=true]")).toBeVisible();
}

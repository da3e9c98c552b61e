import { expect, type Page } from "@playwright/test";

/** Signs in with an account of the example: its owner, unless another is named. */
export async function signIn(page: Page, name?: string): Promise<void> {
  const user = name ?? process.env.MGE_E2E_USER;
  const passwords = JSON.parse(process.env.MGE_E2E_PASSWORDS ?? "{}") as Record<string, string>;
  const password = user && passwords[user];
  if (!user || !password) throw new Error("MGE_E2E_USER or MGE_E2E_PASSWORDS is not set; see e2e/server/run.py");
  await page.goto("/");
  await expect(page.locator("form[data-ready=true]")).toBeVisible();
  await page.getByLabel("User name").fill(user);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.locator(".shell[data-ready=true]")).toBeVisible();
}

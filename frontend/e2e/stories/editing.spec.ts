import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { signIn } from "./signIn";

/** The bugs planted in the bundled example, and the change that mends each; see `examples/README.md`. */
const FIXES: readonly [symbol: string, from: string, to: string][] = [
  ["tier_percent", "quantity > least", "quantity >= least"],
  [
    "find_coupon",
    "    return COUPONS[wanted]",
    '    if wanted not in COUPONS:\n        raise UnknownCoupon(f"no coupon {wanted}")\n    return COUPONS[wanted]',
  ],
  ["Inventory.to_order", "target + self.available", "target - self.available"],
  ["Inventory.__init__", "self._levels = levels", "self._levels = dict(levels)"],
  ["Cart.priceOrNull", "return this.prices", "return await this.prices"],
];
const HOLE = "shop/receipt.py";
const SOLUTION = join(import.meta.dirname, "../../../examples/shop/solutions", HOLE);

/** Opens the item of the queue that fits the words; gives its draft, null where there is none. */
async function open(page: Page, words: string): Promise<string | null> {
  await page.goto(`/review?view=pending&q=${encodeURIComponent(words)}`);
  const item = page.locator("[data-review]");
  await expect(item).toBeVisible();
  await page.waitForTimeout(300);
  const id = await item.getAttribute("data-review");
  const answer = await page.request.get(`/api/v2/review/${id}`);
  return ((await answer.json()) as { original_code: string | null }).original_code;
}

/** The terms of the confidence as the server holds them. */
async function termsOf(page: Page, id: string | null): Promise<unknown> {
  const answer = await page.request.get(`/api/v2/review/${id}`);
  return ((await answer.json()) as { confidence_terms: unknown }).confidence_terms;
}

async function replaceBy(page: Page, code: string): Promise<void> {
  await page.keyboard.press("e");
  await expect(page.getByRole("textbox", { name: /Code of the atom/ })).toBeFocused();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(code);
  const saved = page.waitForResponse((response) => response.url().endsWith("/review/edit"), { timeout: 90_000 });
  await page.keyboard.press("Control+Enter");
  // Where others rely on what changed, the console first says what saving opens again, and for how much.
  const asks = page.getByRole("button", { name: /Save and reopen/ });
  const first = asks.waitFor({ timeout: 90_000 }).then(
    () => "asks",
    () => "never asked",
  );
  if ((await Promise.race([saved.then(() => "saved"), first])) === "asks") await asks.click();
  expect((await saved).status(), await (await saved).text()).toBe(200);
  await expect(page.locator(".editor")).toBeHidden();
}

test("an edit that is undone leaves the item as it was, with what it rests on", async ({ page }) => {
  test.setTimeout(240_000);
  await signIn(page);
  await open(page, "tier_percent");
  const item = page.locator("[data-review]");
  const id = await item.getAttribute("data-review");
  const terms = page.locator(".terms");
  const failing = page.locator(".failing");
  const before = { terms: await terms.innerText(), failing: await failing.innerText() };
  const stored = await termsOf(page, id);
  await page.keyboard.press("f");
  await expect(page.locator(".suggestions li").first()).toContainText("verified", { timeout: 90_000 });
  await page.keyboard.press("1");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("textbox", { name: /Code of the atom/ })).toBeVisible();
  const saved = page.waitForResponse((response) => response.url().endsWith("/review/edit"), { timeout: 90_000 });
  await page.keyboard.press("Control+Enter");
  expect((await saved).status()).toBe(200);
  await expect(page.locator(".editor")).toBeHidden();
  // Until the edit counts: the run was judged with it, and the atom scored again.
  await expect(async () => expect(await termsOf(page, id)).not.toEqual(stored)).toPass({ timeout: 60_000 });
  await expect(terms).not.toHaveText(before.terms, { useInnerText: true });
  await page.keyboard.press("Backspace");
  await expect(page.getByRole("button", { name: "Approve" })).toBeEnabled();
  await expect(async () => expect(await termsOf(page, id)).toEqual(stored)).toPass({ timeout: 60_000 });
  await expect(terms).toHaveText(before.terms, { useInnerText: true });
  await expect(failing).toHaveText(before.failing, { useInnerText: true });
});

test("every planted bug is mended by Edit, and the run turns green", async ({ page }) => {
  test.setTimeout(400_000);
  await signIn(page);
  for (const [symbol, from, to] of FIXES) {
    const draft = (await open(page, symbol)) ?? "";
    expect(draft).toContain(from);
    await replaceBy(page, draft.replace(from, to));
  }
  expect(await open(page, HOLE)).toBeNull();
  await replaceBy(page, readFileSync(SOLUTION, "utf8"));

  await page.goto("/runs");
  await page.locator("a.row-link").first().click();
  const reviewed = page.locator(".stat", { hasText: "After review" });
  await expect(reviewed).toContainText("100.0 %", { timeout: 120_000 });
  await expect(page.locator(".run-line")).toContainText("completed");
});

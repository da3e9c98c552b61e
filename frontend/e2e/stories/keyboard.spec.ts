import { expect, type Page, test } from "@playwright/test";
import { nextShown, openRows } from "./queue";
import { signIn } from "./signIn";

const ITEMS = 20;

/** A run of the example of its own, so that nothing depends on what other stories decided. */
async function freshRun(page: Page): Promise<string> {
  await page.getByRole("link", { name: "Plans" }).click();
  await page.locator("a.row-link").first().click();
  await page.getByRole("combobox", { name: /^Mode/ }).selectOption("v2_atoms");
  await page.getByRole("button", { name: "Start run" }).click();
  await expect(page).toHaveURL(/\/runs\//);
  await expect(page.locator(".run-line")).toContainText("completed", { timeout: 150_000 });
  return page.url().split("/").at(-1) ?? "";
}

/** One pass of an item by keys alone; the words are what the server must have been told. */
const STEPS: [decision: string, keys: (page: Page) => Promise<void>][] = [
  ["approve", (page) => page.keyboard.press("a")],
  [
    "reject",
    async (page) => {
      await page.keyboard.press("x");
      await page.keyboard.press("4");
      await page.keyboard.press("Enter");
    },
  ],
  [
    "approve",
    async (page) => {
      await page.keyboard.press("c");
      await page.keyboard.type("Looked at twice");
      await page.keyboard.press("Escape");
      await page.keyboard.press("a");
    },
  ],
  ["skip", (page) => page.keyboard.press("Space")],
];

test("twenty items are worked off without the mouse, and the server was told each of them once", async ({ page }) => {
  test.setTimeout(300_000);
  await signIn(page);
  const run = await freshRun(page);
  const before = await openRows(page, `&run=${run}`);
  expect(before.length).toBeGreaterThanOrEqual(ITEMS);
  const sent: string[] = [];
  page.on("request", (request) => {
    const kind = /\/review\/(approve|reject|skip|undo)$/.exec(request.url())?.[1];
    if (kind) sent.push(kind);
  });
  await page.goto(`/review?run=${run}`);
  await expect(page.locator(".review[data-ready=true]")).toBeVisible();
  const seen: string[] = [];
  const told: string[] = [];
  for (let step = 0; step < ITEMS; step += 1) {
    const id = await nextShown(page, seen.at(-1) ?? null);
    expect(seen, "no item comes twice before all were seen").not.toContain(id);
    seen.push(id);
    const [decision, keys] = STEPS[step % STEPS.length] ?? STEPS[0] ?? ["", async () => {}];
    // The last one is approved: something must be there to undo.
    if (step === ITEMS - 1) await page.keyboard.press("a");
    else await keys(page);
    told.push(step === ITEMS - 1 ? "approve" : decision);
  }
  await expect.poll(() => sent.length).toBe(ITEMS);
  expect(sent).toEqual(told);
  const decided = told.filter((kind) => kind !== "skip").length;
  await expect.poll(async () => (await openRows(page, `&run=${run}`)).length).toBe(before.length - decided);
  await page.keyboard.press("Backspace");
  await expect.poll(async () => (await openRows(page, `&run=${run}`)).length).toBe(before.length - decided + 1);
  await expect(page.locator(`[data-review="${seen.at(-1)}"]`)).toBeVisible();
  await expect(page.getByTestId("tally")).not.toContainText("unsent");
});

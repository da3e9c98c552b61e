import { type Browser, expect, type Page, test, type WebSocketRoute } from "@playwright/test";
import { nextShown, openRows, post } from "./queue";
import { signIn } from "./signIn";

/** A reviewer in a browser of their own, whose live line the story can cut. */
interface Reviewer {
  page: Page;
  cut: () => Promise<void>;
  mend: () => void;
  queueReads: () => number;
}

async function reviewer(browser: Browser, name: string): Promise<Reviewer> {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  let reads = 0;
  let broken = false;
  const lines = new Set<WebSocketRoute>();
  page.on("request", (request) => {
    if (request.url().includes("/review/queue")) reads += 1;
  });
  await page.routeWebSocket(/\/ws\/review\//, (line) => {
    if (broken) return void line.close({ code: 1012 });
    line.connectToServer();
    lines.add(line);
  });
  await signIn(page, name);
  return {
    page,
    cut: async () => {
      broken = true;
      for (const line of lines) await line.close({ code: 1012 });
      lines.clear();
    },
    mend: () => {
      broken = false;
    },
    queueReads: () => reads,
  };
}

const row = (page: Page, id: string) => page.locator(`#row-${id}`);
const heldBy = async (page: Page, id: string) =>
  (await openRows(page)).find((item) => item.review_id === id)?.assigned_to ?? null;
async function open(page: Page, id: string): Promise<void> {
  await page.goto(`/review/${id}?view=pending`);
  await expect(page.locator(`[data-review="${id}"]`)).toBeVisible();
  await page.waitForTimeout(250);
}

test("two reviewers on one queue: claims, live rows, replay after a lost line, and a conflict", async ({ browser }) => {
  test.setTimeout(180_000);
  const [anna, ben] = [await reviewer(browser, "operator"), await reviewer(browser, "reviewer")];
  // Free ones: a page of another story that was closed a moment ago may still hold its item.
  const free = (await openRows(anna.page)).filter((item) => item.assigned_to === null);
  const [first, second, third] = free.map((item) => item.review_id).slice(-3);
  if (!first || !second || !third) throw new Error("the example leaves too few items open");

  await test.step("what one looks at, the other can read and not decide", async () => {
    await open(anna.page, first);
    await expect.poll(() => heldBy(anna.page, first)).toBe("operator");
    await open(ben.page, first);
    await expect(ben.page.locator(".banner")).toContainText("operator is reviewing this");
    await expect(ben.page.getByRole("button", { name: "Approve" })).toBeDisabled();
    expect(await post(ben.page, "/api/v2/review/claim", { review_id: first })).toBe(409);
  });

  await test.step("when the one moves on, the other sees it at once, and decides", async () => {
    await open(anna.page, second);
    await expect(ben.page.getByRole("button", { name: "Approve" })).toBeEnabled({ timeout: 15_000 });
    await nextShown(ben.page, null);
    await ben.page.keyboard.press("a");
    await expect(row(anna.page, first)).toBeHidden({ timeout: 15_000 });
  });

  await test.step("what happened while the line was cut is replayed, without reading the queue again", async () => {
    await anna.cut();
    await expect(anna.page.getByTestId("freshness")).toHaveText(/connecting|offline/);
    await open(ben.page, third);
    await expect.poll(() => heldBy(ben.page, third)).toBe("reviewer");
    await ben.page.keyboard.press("a");
    await expect.poll(async () => (await openRows(ben.page)).some((item) => item.review_id === third)).toBe(false);
    const reads = anna.queueReads();
    await expect(row(anna.page, third)).toBeVisible();
    anna.mend();
    await expect(row(anna.page, third)).toBeHidden({ timeout: 30_000 });
    expect(anna.queueReads()).toBe(reads);
  });

  await test.step("a decision on what another decided in the meantime is refused, and said so", async () => {
    // Anna never gets to hold the item, nor to hear of it.
    const [target] = (await openRows(anna.page)).filter((item) => item.assigned_to === null);
    if (!target) throw new Error("no free item is left");
    await anna.page.route("**/review/claim", (route) => route.abort());
    await open(anna.page, target.review_id);
    await anna.cut();
    const decision = { review_id: target.review_id, version: target.version };
    expect(await post(ben.page, "/api/v2/review/approve", decision)).toBe(200);
    await anna.page.keyboard.press("a");
    await expect(anna.page.getByRole("alert")).toContainText("Not saved: This was decided in the meantime.");
    await expect(row(anna.page, target.review_id)).toBeHidden();
  });
  await anna.page.context().close();
  await ben.page.context().close();
});

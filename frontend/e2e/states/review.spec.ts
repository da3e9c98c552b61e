import type { Page } from "@playwright/test";
import { wireReview, wireReviewRow, wireRun } from "../../src/testing/builders";
import { expect, type MockServer, test } from "../support/mock";
import { commonWorld, NO_IMPACT, USER } from "../support/world";

/** Opens the queue and waits until the first item is painted and may be decided. */
async function openQueue(page: Page): Promise<void> {
  await page.goto("/review");
  await expect(page).toHaveURL(/\/review\/review-1/);
  await shown(page, "review-1");
}

async function shown(page: Page, reviewId: string): Promise<void> {
  await expect(page.locator(`[data-review="${reviewId}"]`)).toBeVisible();
  await page.waitForTimeout(200);
}

const decisions = (server: MockServer) => server.called("POST", /review\/(approve|reject|regenerate|edit)$/);

test.beforeEach(({ server }) => commonWorld(server));

test("A approves what is painted, moves on at once and the count falls", async ({ page, server }) => {
  await openQueue(page);
  await expect(page.getByTestId("open-count")).toHaveText("5 open");
  await page.keyboard.press("a");
  await expect(page).toHaveURL(/review-2/);
  await expect(page.getByTestId("open-count")).toHaveText("4 open");
  await expect(page.getByRole("listbox").getByRole("option")).toHaveCount(4);
  await expect.poll(() => decisions(server)[0]?.body).toMatchObject({ review_id: "review-1", version: 1 });
  await expect.poll(() => decisions(server)[0]?.body.idempotency_key).toMatch(/^[0-9a-f-]{36}$/);
  await expect(page.getByTestId("announcer")).toContainText("Approved. Next: Order.invoice");
});

test("focus follows to the name of the next item only where it was inside the item", async ({ page }) => {
  await openQueue(page);
  await page.getByRole("tab", { name: /Context/ }).click();
  await page.keyboard.press("j");
  await expect(page.locator('[data-review="review-2"] #item-name')).toBeFocused();
  await page.waitForTimeout(200);
  await page.keyboard.press("e");
  await expect(page.locator(".cm-content")).toBeFocused();
  await page.keyboard.press("Control+Enter");
  await expect(page.locator('[data-review="review-3"] #item-name')).toBeFocused();
  const list = page.getByRole("listbox", { name: "Review queue" });
  await list.focus();
  await page.keyboard.press("j");
  await expect(page.locator('[data-review="review-4"]')).toBeVisible();
  await expect(list).toBeFocused();
});

test("a held key decides one item, and the whole queue can be worked off by keys", async ({ page, server }) => {
  await openQueue(page);
  await page.keyboard.down("a");
  for (let held = 0; held < 10; held += 1) await page.keyboard.down("a");
  await page.keyboard.up("a");
  await shown(page, "review-2");
  await expect.poll(() => decisions(server)).toHaveLength(1);
  await page.keyboard.press("x");
  await page.keyboard.press("3");
  await page.keyboard.press("Enter");
  await shown(page, "review-3");
  await expect
    .poll(() => decisions(server)[1])
    .toMatchObject({
      path: expect.stringContaining("reject"),
      body: { reason_code: "types" },
    });
  await page.keyboard.press("r");
  await page.keyboard.type("Keep the cents");
  await page.keyboard.press("Enter");
  await shown(page, "review-4");
  await expect
    .poll(() => decisions(server)[2]?.body)
    .toMatchObject({ review_id: "review-3", feedback: "Keep the cents" });
  await page.keyboard.press("a");
  await shown(page, "review-5");
  await page.keyboard.press("a");
  await expect(page.getByRole("heading", { name: "Nothing to review" })).toBeVisible();
});

test("J and K move, Space skips, letters in the find field stay there", async ({ page, server }) => {
  await openQueue(page);
  await page.keyboard.press("j");
  await shown(page, "review-2");
  await page.keyboard.press("k");
  await shown(page, "review-1");
  await page.keyboard.press(" ");
  await shown(page, "review-2");
  await expect.poll(() => server.called("POST", /skip$/)[0]?.body).toEqual({ review_id: "review-1" });
  await page.keyboard.press("/");
  await page.keyboard.type("aaa");
  expect(decisions(server)).toHaveLength(0);
});

test("an edit that fails shows why and can be saved with a reason", async ({ page, server }) => {
  const check = { name: "tests", status: "failed", reason: "1 of 2 fail", findings: [], evidence: null };
  server.json("POST", /review\/check$/, { checks: [check], passed: false, impact: NO_IMPACT });
  server.json("POST", /review\/edit$/, {
    review: { review_id: "review-1" },
    run: { run_id: "run-1" },
    revalidating: true,
  });
  await openQueue(page);
  await page.keyboard.press("e");
  const editor = page.getByRole("textbox", { name: /Code of the atom/ });
  await expect(editor).toBeFocused();
  await page.keyboard.press("Control+a");
  await page.keyboard.type("return 42");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText("1 of 2 fail", { exact: true })).toBeVisible();
  await page.getByLabel("Save anyway, because").fill("the test is wrong");
  await page.getByRole("button", { name: "Save with this reason" }).click();
  await shown(page, "review-2");
  const [saved] = server.called("POST", /review\/edit$/);
  expect(saved?.body.code).toContain("return 42");
  expect(saved?.body).toMatchObject({ override_reason: "the test is wrong", version: 1 });
});

test("Escape leaves the editor and keeps the draft", async ({ page }) => {
  await openQueue(page);
  await page.keyboard.press("e");
  await expect(page.getByRole("textbox", { name: /Code of the atom/ })).toBeFocused();
  await page.keyboard.type("# mine ");
  await page.keyboard.press("Escape");
  await expect(page.locator(".diff")).toBeVisible();
  await page.keyboard.press("e");
  await expect(page.locator(".cm-content")).toContainText("# mine");
});

test("a stale decision comes back with the server's words", async ({ page, server }) => {
  server.json("POST", /review\/approve$/, { code: "stale", message: "This changed since you read it.", data: {} }, 409);
  await openQueue(page);
  await page.keyboard.press("a");
  await expect(page.getByRole("alert")).toContainText("Not saved: This changed since you read it.");
  await page.getByRole("button", { name: "Look again" }).click();
  await shown(page, "review-1");
  await expect(page.getByTestId("open-count")).toHaveText("5 open");
});

test("a decision that meets no network returns to the list and is sent again with the same key", async ({
  page,
  server,
}) => {
  let online = false;
  server.on("POST", /review\/approve$/, () =>
    online
      ? { json: { review: { review_id: "review-1", reasons: [] }, run: { run_id: "run-1" }, revalidating: false } }
      : "offline",
  );
  await openQueue(page);
  await page.keyboard.press("a");
  await expect(page.getByText("not saved", { exact: true })).toBeVisible();
  online = true;
  await page.getByRole("button", { name: "Retry" }).click();
  await expect(page.getByText("not saved", { exact: true })).toBeHidden();
  await expect.poll(() => server.called("POST", /review\/approve$/).length).toBe(2);
  const keys = server.called("POST", /review\/approve$/).map((call) => call.body.idempotency_key);
  expect(keys[0]).toBe(keys[1]);
});

test("new items wait until they are asked for", async ({ page, server }) => {
  await openQueue(page);
  await server.push({ id: 101, topic: "review", type: "review.added", data: { review_id: "x", count: 12 } });
  await expect(page.getByRole("button", { name: "12 new" })).toBeVisible();
  const before = server.called("GET", /review\/queue$/).length;
  await page.keyboard.press(".");
  await expect(page.getByRole("button", { name: "12 new" })).toBeHidden();
  await expect.poll(() => server.called("GET", /review\/queue$/).length).toBeGreaterThan(before);
});

test("M splits the diff, brackets step through attempts, digits preview suggestions", async ({ page }) => {
  await openQueue(page);
  await page.keyboard.press("m");
  await expect(page.locator(".diff.split")).toBeVisible();
  await page.keyboard.press("m");
  await page.keyboard.press("[");
  await expect(page.getByText("original → attempt")).toBeVisible();
  await page.keyboard.press("]");
  await page.keyboard.press("1");
  await expect(page.getByText("original → suggestion")).toBeVisible();
  await page.keyboard.press("z");
  await expect(page.getByRole("listbox", { name: "Review queue" })).toBeHidden();
});

test("Backspace takes the last decision back, the strip says so for eight seconds", async ({ page, server }) => {
  server.json("POST", /review\/undo$/, { review: wireReviewRow(), run: wireRun(), revalidating: false });
  await openQueue(page);
  await page.keyboard.press("a");
  await shown(page, "review-2");
  await expect(page.getByTestId("undo-note")).toContainText("Approved Cart.total");
  server.json("GET", /review\/review-1$/, wireReview());
  await page.keyboard.press("Backspace");
  await shown(page, "review-1");
  await expect(page.getByTestId("undo-note")).toBeHidden();
  await expect
    .poll(() => server.called("POST", /undo$/)[0]?.body)
    .toMatchObject({
      review_id: "review-1",
      idempotency_key: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  await page.keyboard.press("Control+z");
  await page.waitForTimeout(100);
  await expect.poll(() => server.called("POST", /undo$/)).toHaveLength(1);
});

test("each of the last decisions can be looked at again and taken back, not only the newest", async ({
  page,
  server,
}) => {
  server.json("POST", /review\/undo$/, { review: wireReviewRow(), run: wireRun(), revalidating: false });
  await openQueue(page);
  await page.keyboard.press("a");
  await shown(page, "review-2");
  await page.waitForTimeout(200);
  await page.keyboard.press("a");
  await shown(page, "review-3");
  server.json("GET", /review\/review-1$/, wireReview());
  await page.getByText("My last 2 decisions").click();
  const rows = page.getByRole("list", { name: "My last decisions" }).getByRole("listitem");
  await expect(rows.last()).toContainText("Approved Cart.total");
  await rows.last().getByRole("button", { name: /^Undo/ }).click();
  await shown(page, "review-1");
  await expect(rows).toHaveCount(1);
  await expect.poll(() => server.called("POST", /undo$/).map((call) => call.body.review_id)).toEqual(["review-1"]);
});

test("my own decision can be taken back after the page was loaded anew, another's cannot", async ({ page, server }) => {
  const decided = (by: string) => ({
    ...wireReview({ status: "rejected", decision: "reject", version: 2, reviewed_at: new Date().toISOString() }),
    decisions: [
      { decision: "reject", by, at: new Date().toISOString(), reason_code: "style", feedback: "", active_ms: 1 },
    ],
  });
  server.json("GET", /review\/review-1$/, decided("somebody else"));
  server.json("POST", /review\/undo$/, { review: wireReviewRow(), run: wireRun(), revalidating: false });
  await page.goto("/review/review-1?view=done");
  await expect(page.locator(".banner")).toContainText("Rejected");
  await expect(page.locator(".banner").getByRole("button", { name: "Undo" })).toHaveCount(0);
  await page.keyboard.press("Backspace");
  server.json("GET", /review\/review-1$/, decided(USER.username));
  await page.reload();
  await expect(page.locator(".banner").getByRole("button", { name: "Undo" })).toBeVisible();
  expect(server.called("POST", /undo$/)).toHaveLength(0);
  server.json("GET", /review\/review-1$/, wireReview({ version: 3 }));
  await page.keyboard.press("Backspace");
  await expect(page.locator(".banner")).toHaveCount(0);
  await expect.poll(() => server.called("POST", /undo$/).map((call) => call.body.review_id)).toEqual(["review-1"]);
});

test("an undo that comes too late says why, and leaves the decision", async ({ page, server }) => {
  const message = "Attempt 2 at f in a.py was made on this decision already.";
  server.json("POST", /review\/undo$/, { code: "too_late", message, data: {} }, 409);
  await openQueue(page);
  await page.keyboard.press("a");
  await shown(page, "review-2");
  await page.getByTestId("undo-note").getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("alert")).toContainText(`Not undone: ${message}`);
  await expect(page.locator('[data-review="review-2"]')).toBeVisible();
});

test("C writes feedback that goes with the decision; Enter takes a previewed suggestion into the edit", async ({
  page,
  server,
}) => {
  await openQueue(page);
  await page.keyboard.press("c");
  await page.keyboard.type("Cents, not euros");
  await page.keyboard.press("Escape");
  await page.keyboard.press("1");
  await page.keyboard.press("Enter");
  await expect(page.locator(".cm-content")).toContainText("round(total");
  await page.keyboard.press("Control+Enter");
  await shown(page, "review-2");
  await expect.poll(() => decisions(server)[0]?.body).toMatchObject({ feedback: "Cents, not euros" });
});

test("panes fold and stay folded; filters stand in the address and go to the server", async ({ page, server }) => {
  await openQueue(page);
  await page.keyboard.press("Shift+W");
  await expect(page.getByRole("complementary", { name: "Why this is here" })).toBeHidden();
  await page.keyboard.press("Shift+Q");
  await expect(page.getByRole("listbox", { name: "Review queue" })).toBeHidden();
  await page.reload();
  await shown(page, "review-1");
  await expect(page.getByRole("listbox", { name: "Review queue" })).toBeHidden();
  await page.getByRole("button", { name: "Open the queue" }).click();
  await page.getByRole("button", { name: "Filters" }).click();
  await page.getByRole("combobox", { name: "Confidence" }).selectOption("low");
  await page.getByRole("combobox", { name: "Wave" }).selectOption("2");
  await expect(page).toHaveURL(/band=low/);
  await expect(page).toHaveURL(/wave=2/);
  await expect
    .poll(() =>
      server
        .called("GET", /review\/queue$/)
        .at(-1)
        ?.query.get("wave"),
    )
    .toBe("2");
  await expect
    .poll(() =>
      server
        .called("GET", /review\/queue$/)
        .at(-1)
        ?.query.get("band"),
    )
    .toBe("low");
});

test("the list follows the selection, however far the keys go, and leaves the rest of the page alone", async ({
  page,
  server,
}) => {
  const results = Array.from({ length: 120 }, (_, at) => wireReviewRow({ review_id: `item-${at}`, symbol: `f_${at}` }));
  const counts = { pending: 120, in_review: 0, done: 0, mine_today: 0 };
  server.json("GET", /review\/queue$/, { results, next: null, counts, as_of_id: 100 });
  server.on("GET", /review\/item-\d+$/, ({ path }) => ({
    json: wireReview({ review_id: path.split("/").at(-1) ?? "" }),
  }));
  await page.goto("/review/item-0");
  await shown(page, "item-0");
  for (let press = 0; press < 40; press += 1) await page.keyboard.press("j");
  await expect(page.locator("#row-item-40")).toBeInViewport({ ratio: 0.9 });
  for (let press = 0; press < 35; press += 1) await page.keyboard.press("k");
  await expect(page.locator("#row-item-5")).toBeInViewport({ ratio: 0.9 });
});

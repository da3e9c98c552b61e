import type { Page } from "@playwright/test";
import { wireReview, wireReviewRow, wireRun } from "../../src/testing/builders";
import { expect, test } from "../support/mock";
import { commonWorld, USER } from "../support/world";

const ITEMS = 20;
const THINK_MS = 10_000;
/** What the console itself may add to each decision. */
const OVERHEAD_MS = 1000;

/** A clock that can be put forward: the reviewer of this test thinks in no time. */
function thinkFast(): void {
  const real = performance.now.bind(performance);
  let ahead = 0;
  performance.now = () => real() + ahead;
  Object.assign(window, {
    think: (ms: number) => {
      ahead += ms;
    },
  });
}

/** Waits for an item other than `before` to be on screen, then thinks about it. */
const read = (page: Page, before: string | null): Promise<string> =>
  page.evaluate(
    async ([old, ms]) => {
      const shown = () => document.querySelector(".item")?.getAttribute("data-review") ?? null;
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      while (shown() === old || shown() === null) await frame();
      await frame();
      (window as unknown as { think: (ms: number) => void }).think(Number(ms));
      return shown() ?? "";
    },
    [before, THINK_MS] as const,
  );

/** One decision by keys alone. */
const KEYS: readonly (readonly string[])[] = [["a"], ["x", "4", "Enter"], ["a"], ["r", "Enter"]];

test("twenty decisions after ten seconds of thought each: the console adds less than one second", async ({
  page,
  server,
}) => {
  commonWorld(server);
  const rows = Array.from({ length: ITEMS + 1 }, (_, index) => wireReviewRow({ review_id: `item-${index}` }));
  const counts = { pending: rows.length, in_review: 0, done: 0, mine_today: 0 };
  server.json("GET", /review\/queue$/, { results: rows, next: null, counts, as_of_id: 100 });
  server.on("GET", /review\/item-\d+$/, ({ path }) => ({
    json: wireReview({ review_id: path.split("/").at(-1) ?? "" }),
  }));
  server.on("POST", /review\/claim$/, ({ body }) => ({
    json: wireReviewRow({ review_id: String(body.review_id), assigned_to: USER.username }),
  }));
  server.on("POST", /review\/(approve|reject|regenerate)$/, ({ body }) => {
    const review = wireReviewRow({ review_id: String(body.review_id), status: "approved", decision: "approve" });
    return { json: { review, run: wireRun(), revalidating: false } };
  });
  await page.addInitScript(thinkFast);
  await page.goto("/review/item-0");
  await expect(page.locator('[data-review="item-0"]')).toBeVisible();
  const seen = [await read(page, null)];
  const toNext: number[] = [];
  for (let step = 0; step < ITEMS; step += 1) {
    const decided = performance.now();
    for (const key of KEYS[step % KEYS.length] ?? []) await page.keyboard.press(key);
    seen.push(await read(page, seen.at(-1) ?? null));
    toNext.push(Math.round(performance.now() - decided));
  }
  const sent = () => server.called("POST", /review\/(approve|reject|regenerate)$/);
  await expect.poll(() => sent().length).toBe(ITEMS);
  expect(sent().map((call) => call.body.review_id)).toEqual(seen.slice(0, ITEMS));
  const told = sent().map((call) => Number(call.body.active_ms) - THINK_MS);
  const description = `from the first key to the next item: ${toNext.join(", ")} ms; told beside thought: ${told.join(", ")} ms`;
  test.info().annotations.push({ type: "speed", description });
  expect(Math.max(...toNext), description).toBeLessThan(OVERHEAD_MS);
  expect(Math.min(...told), "the time that was really looked is told").toBeGreaterThanOrEqual(0);
  // The first item was opened before the clock could be put forward.
  expect(Math.max(...told.slice(1)), description).toBeLessThan(OVERHEAD_MS);
});

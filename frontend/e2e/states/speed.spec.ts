import { wireReview, wireReviewRow } from "../../src/testing/builders";
import { expect, test } from "../support/mock";
import { commonWorld } from "../support/world";

const ITEMS = 5000;
const PRESSES = 80;
/** Twice the budget of 100 ms: the machine may be busy with other things. */
const LIMIT_MS = 200;

test("from a key to the next painted item in a long queue", async ({ page, server }) => {
  commonWorld(server);
  const rows = Array.from({ length: ITEMS }, (_, index) =>
    wireReviewRow({ review_id: `item-${index}`, symbol: `function_${index}`, confidence: index / ITEMS }),
  );
  const counts = { pending: ITEMS, in_review: 0, done: 0, mine_today: 0 };
  server.json("GET", /review\/queue$/, { results: rows, next: null, counts, as_of_id: 100 });
  server.on("GET", /review\/item-\d+$/, ({ path }) => {
    const id = path.split("/").at(-1) ?? "";
    return { json: wireReview({ ...rows[Number(id.slice(5))], review_id: id }) };
  });
  await page.goto("/review/item-0");
  await expect(page.locator('[data-review="item-0"]')).toBeVisible();
  await page.waitForTimeout(500);
  const times = await page.evaluate(async (presses) => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const shown = () => document.querySelector("[data-review]")?.getAttribute("data-review");
    const measured: number[] = [];
    for (let press = 1; press <= presses; press += 1) {
      const start = performance.now();
      window.dispatchEvent(new KeyboardEvent("keydown", { key: "j", bubbles: true }));
      while (shown() !== `item-${press}`) await frame();
      await frame();
      measured.push(performance.now() - start);
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    return measured.sort((a, b) => a - b);
  }, PRESSES);
  const at = (share: number) => Math.round(times[Math.floor(times.length * share)] ?? 0);
  test.info().annotations.push({ type: "speed", description: `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms` });
  expect(at(0.95)).toBeLessThan(LIMIT_MS);
});

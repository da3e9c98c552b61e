import { readFileSync } from "node:fs";
import { expectAccessibleInBothThemes } from "../support/axe";
import { expect, type MockServer, test } from "../support/mock";
import { commonWorld } from "../support/world";

const metric = (over: object) => ({
  key: "precision",
  title: "Precision",
  family: "technical",
  unit: "share",
  at_least: 0.98,
  at_most: null,
  value: 0.985,
  n: 1200,
  met: true,
  reason: "",
  measured_by: "tests passed of tests run",
  by_hand: false,
  ...over,
});
const run = (n: number, over: object = {}) => ({
  run_id: `run-${n}`,
  masterplan_id: "plan-1",
  name: "=SUM(A1) shop",
  mode: "v2_atoms",
  status: "completed",
  finished_at: `2026-11-2${n}T10:00:00Z`,
  precision: 0.95 + n / 100,
  precision_reviewed: null,
  seconds: 60 * n,
  cost_usd: n,
  atoms_total: 50,
  fell_back: false,
  ...over,
});
const mode = (name: string, runs: number) => ({
  mode: name,
  runs,
  tests: runs * 10,
  precision: runs ? 0.9 : null,
  seconds_mean: runs ? 120 : null,
  cost_usd_mean: runs ? 1.5 : null,
  error_rate: runs ? 0 : null,
});
const none = metric({ key: "satisfaction", title: "Satisfaction", family: "business", unit: "score", at_least: 4.5 });
const calibration = (n: number) => ({
  run_ids: ["run-1"],
  verdicts: n,
  later_failures: 0,
  n,
  bands: [{ low: 0.4, high: 0.6, n, mean_confidence: 0.5, right_share: 0.8, interval: [0.6, 0.9] }],
  auroc: { value: 0.91, interval: [0.85, 0.96], n_right: n - 3, n_wrong: 3 },
  caught: { share: 1, n_flagged: 3, n: 3 },
});

function figures(server: MockServer, runs: object[], n = 40): void {
  commonWorld(server);
  server
    .json("GET", /api\/v2\/metrics$/, {
      metrics: [metric({}), { ...none, value: null, n: 0, met: null, reason: "nobody answered yet" }],
      modes: [mode("mvp", runs.length ? 2 : 0), mode("v2_atoms", runs.length), mode("hybrid", 0)],
      runs,
      cost: runs.length ? [{ model: "m-1", purpose: "generate", calls: 9, unpriced: 2, usd: 3.5 }] : [],
      rejections: runs.length ? [{ reason: "wrong_logic", n: 4 }] : [],
    })
    .json("GET", /review\/calibration$/, calibration(n));
}

test("figures stand beside their targets, with their samples", async ({ page, server }) => {
  figures(server, [run(1), run(2, { mode: "mvp" }), run(3, { cost_usd: null })]);
  await page.goto("/metrics?range=7d");
  const precision = page.getByRole("listitem").filter({ hasText: "Precision" }).first();
  await expect(precision).toContainText("98.5 %");
  await expect(precision).toContainText("met");
  await expect(precision).toContainText("n = 1,200");
  await expect(page.getByText("nobody answered yet")).toBeVisible();
  await expect(page.getByRole("img", { name: "Cost of a run of 2 runs over time" })).toBeVisible();
  await expect(page.getByText("2 calls at unknown prices are not in these sums.")).toBeVisible();
  await expect(page.getByText("AUROC 0.91 (0.85 to 0.96)")).toBeVisible();
  await expectAccessibleInBothThemes(page);
});

test("a chart is also a table and a file that no spreadsheet runs", async ({ page, server }) => {
  figures(server, [run(1), run(2)]);
  await page.goto("/metrics");
  const chart = page.locator(".card", { has: page.getByRole("heading", { name: "Run time" }) });
  await chart.getByRole("button", { name: "Show as table" }).click();
  await expect(chart.getByRole("row")).toHaveCount(3);
  await expectAccessibleInBothThemes(page);
  const [file] = await Promise.all([page.waitForEvent("download"), chart.getByRole("button", { name: "CSV" }).click()]);
  expect(file.suggestedFilename()).toBe("run-time.csv");
  expect(readFileSync(await file.path(), "utf8")).toContain("2026-11-21T10:00:00Z,'=SUM(A1) shop,v2_atoms,60,run-1");
});

test("too few observations make no picture", async ({ page, server }) => {
  figures(server, [], 7);
  await page.goto("/metrics");
  await expect(page.getByText("Not enough data (n = 7).")).toBeVisible();
  await expect(page.locator(".points")).toHaveCount(0);
  await expectAccessibleInBothThemes(page);
});

test("an error stays in its part of the page and can be tried again", async ({ page, server }) => {
  figures(server, [run(1), run(2)]);
  server.json("GET", /review\/calibration$/, { code: "bad", message: "No figures.", data: {} }, 400);
  await page.goto("/metrics");
  await expect(page.getByRole("alert")).toContainText("No figures.");
  await expect(page.getByRole("heading", { name: "MVP against V2" })).toBeVisible();
  server.json("GET", /review\/calibration$/, calibration(40));
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("heading", { name: "Calibration" })).toBeVisible();
});

import { readFileSync } from "node:fs";
import { expectAccessibleInBothThemes } from "../support/axe";
import { calibration, endedRun, metricsWorld } from "../support/metrics";
import { expect, type MockServer, test } from "../support/mock";
import { commonWorld } from "../support/world";

function figures(server: MockServer, runs: object[], n = 40): void {
  commonWorld(server);
  metricsWorld(server, runs, n);
}

test("figures stand beside their targets, with their samples", async ({ page, server }) => {
  figures(server, [endedRun(1), endedRun(2, { mode: "mvp" }), endedRun(3, { cost_usd: null })]);
  await page.goto("/metrics?range=7d");
  const precision = page.getByRole("listitem").filter({ hasText: "Precision" }).first();
  await expect(precision).toContainText("98.5 %");
  await expect(precision).toContainText("met");
  await expect(precision).toContainText("n = 1,200");
  await expect(page.getByText("nobody answered yet")).toBeVisible();
  await expect(page.getByRole("img", { name: "Cost of a run of 2 runs over time" })).toBeVisible();
  await expect(page.getByText("2 calls at unknown prices are not in these sums.")).toBeVisible();
  await expect(page.getByText("AUROC 0.91 (95 % interval 0.85 to 0.96), of 37 right and 3 wrong")).toBeVisible();
  await expect(page.getByText("100 % of the known defects lay inside the queue, 3 of 3.")).toBeVisible();
  await expect(page.getByRole("link", { name: /^Decisions/ })).toHaveAttribute("href", /decisions\.jsonl$/);
  await expectAccessibleInBothThemes(page);
});

test("a chart is also a table and a file that no spreadsheet runs", async ({ page, server }) => {
  figures(server, [endedRun(1), endedRun(2)]);
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
  figures(server, [endedRun(1), endedRun(2)]);
  server.json("GET", /review\/calibration$/, { code: "bad", message: "No figures.", data: {} }, 400);
  await page.goto("/metrics");
  await expect(page.getByRole("alert")).toContainText("No figures.");
  await expect(page.getByRole("heading", { name: "MVP against V2" })).toBeVisible();
  server.json("GET", /review\/calibration$/, calibration(40));
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("heading", { name: "Calibration" })).toBeVisible();
});

import { wireCheck, wireValidation } from "../../src/testing/builders";
import { expect, test } from "../support/mock";
import { commonWorld, page as rowsOf, runDetail } from "../support/world";

test.beforeEach(({ server }) => commonWorld(server));

test("a run follows its events without asking again", async ({ page, server }) => {
  await page.goto("/runs/run-1");
  await expect(page.getByTestId("run-phase")).toContainText("wave 2 of 4");
  await expect(page.getByTestId("freshness")).toContainText("live");
  const before = server.called("GET", /runs\/run-1$/).length;
  await server.push({
    id: 101,
    topic: "run",
    type: "run.status",
    data: { status: "running", phase: "system", phase_detail: "suite", progress: 0.9 },
  });
  await server.push({
    id: 102,
    topic: "run",
    type: "atoms.status",
    data: { atoms: [{ atom_id: "atom-3", status: "passed", attempts: 1 }] },
  });
  await expect(page.getByTestId("run-phase")).toContainText("system: suite · 90 %");
  await expect(page.locator('[data-atom="atom-3"]').locator("..")).toHaveClass(/passed/);
  expect(server.called("GET", /runs\/run-1$/)).toHaveLength(before);
  server.json("GET", /runs\/run-1$/, {
    ...runDetail(),
    status: "completed",
    precision: 1,
    finished_at: new Date().toISOString(),
  });
  await server.push({
    id: 103,
    topic: "run",
    type: "run.finished",
    data: { status: "completed", precision: 1, tests_total: 42, tests_passed: 42 },
  });
  await expect(page.getByText("100.0 %")).toBeVisible();
  await expect(page.getByText("42 of 42 tests passed")).toBeVisible();
});

test("what the server cannot replay is fetched anew", async ({ page, server }) => {
  await page.goto("/runs/run-1");
  await expect(page.getByTestId("run-phase")).toBeVisible();
  const before = server.called("GET", /runs\/run-1$/).length;
  await server.push({ type: "resync" });
  await expect.poll(() => server.called("GET", /runs\/run-1$/).length).toBeGreaterThan(before);
});

test("cancelling takes the typed word", async ({ page, server }) => {
  server.json("POST", /cancel$/, { ...runDetail(), status: "cancelled" });
  await page.goto("/runs/run-1");
  await page.getByRole("button", { name: "Cancel", exact: true }).click();
  const confirm = page.getByRole("button", { name: "Cancel the run" });
  await expect(confirm).toBeDisabled();
  await page.getByLabel("Type cancel to confirm").fill("cancel");
  await confirm.click();
  await expect(page.getByText("cancelled").first()).toBeVisible();
  expect(server.called("POST", /cancel$/)).toHaveLength(1);
});

test("pausing and resuming", async ({ page, server }) => {
  server.json("POST", /pause$/, { ...runDetail(), status: "paused" });
  server.json("POST", /resume$/, { ...runDetail(), status: "running" });
  await page.goto("/runs/run-1");
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(page.getByRole("button", { name: "Pause" })).toBeVisible();
});

test("evidence of a level is one click away", async ({ page }) => {
  await page.goto("/runs/run-1");
  await page.getByRole("button", { name: /Atomic/ }).click();
  await expect(page.getByRole("button", { name: "Failed 6" })).toHaveAttribute("aria-pressed", "true");
  await expect(page.getByText("mypy shop")).toBeVisible(); // what failed is open
  await expect(page.getByText("shop/cart.py:14: error")).toBeVisible();
});

test("the rows of a level are shown by state", async ({ page, server }) => {
  await page.goto("/runs/run-1");
  await page.getByRole("button", { name: /Atomic/ }).click();
  const evidence = { command: "", exit_code: null, output: "" };
  const check = wireCheck({ name: "tests", status: "not_run", reason: "no test reaches it", findings: [], evidence });
  const rows = [wireValidation({ status: "not_run", checks: [check] })];
  server.json("GET", /runs\/run-1\/validations$/, rowsOf(rows));
  await page.getByRole("button", { name: "Not run 3" }).click();
  await page.getByText("Level 1").click();
  await expect(page.getByText("no test reaches it")).toBeVisible();
  await page.getByText("no test reaches it").click();
  await expect(page.getByText("Nothing ran for this check")).toBeVisible();
  const asked = server.called("GET", /runs\/run-1\/validations$/).at(-1);
  expect(asked?.query.get("status")).toBe("not_run");
});

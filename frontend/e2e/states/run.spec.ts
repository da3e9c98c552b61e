import { wireCheck, wireValidation } from "../../src/testing/builders";
import { expectAccessibleInBothThemes } from "../support/axe";
import { expect, test } from "../support/mock";
import { commonWorld, estimate, page as rowsOf, runDetail } from "../support/world";

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
  await expect.poll(() => server.called("POST", /cancel$/)).toHaveLength(1);
});

test("pausing and resuming", async ({ page, server }) => {
  server.json("POST", /pause$/, { ...runDetail(), status: "paused" });
  server.json("POST", /resume$/, { ...runDetail(), status: "running" });
  await page.goto("/runs/run-1");
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(page.getByRole("button", { name: "Pause" })).toBeVisible();
});

test("out of budget it says once why, as no error; adding some asks once and clears the field", async ({
  page,
  server,
}) => {
  const why = "The run's budget has no room for another call: one may cost up to $0.0900, and $0.0100 is left.";
  const stopped = { ...runDetail(), status: "budget_stopped", budget_usd: 0.11, error: why };
  server.json("GET", /runs\/run-1$/, stopped);
  server.json("POST", /budget$/, { ...stopped, status: "running", budget_usd: 3.11, error: null });
  await page.goto("/runs/run-1");
  await expect(page.getByRole("status").filter({ hasText: why })).toBeVisible();
  await expect(page.getByRole("alert")).toHaveCount(0);
  await page.getByLabel("Add USD").fill("3");
  await page.getByRole("button", { name: "Add budget" }).click();
  await expect(page.getByText("of $3.11").first()).toBeVisible();
  await expect(page.getByLabel("Add USD")).toHaveValue("");
  await expect.poll(() => server.called("POST", /budget$/).map((call) => call.body)).toEqual([{ add_usd: 3 }]);
});

test("stopped while it is looked at, the page reads again what no event tells", async ({ page, server }) => {
  const live = { ...runDetail(), ...atWork(), budget_usd: 5 };
  server.json("GET", /runs\/run-1$/, live);
  await page.goto("/runs/run-1");
  await expect(page.getByRole("list", { name: "Atoms at work" })).toBeVisible();
  server.json("GET", /runs\/run-1$/, { ...live, status: "budget_stopped", at_work: [], eta_seconds: null });
  await server.push({ id: 101, topic: "run", type: "run.status", data: { status: "budget_stopped" } });
  await expect(page.getByText("Stopped by its budget")).toBeVisible();
  await expect(page.getByTestId("run-phase")).not.toContainText("left");
  await expect(page.getByRole("list", { name: "Atoms at work" })).toHaveCount(0);
});

const atWork = () => ({
  in_flight: 6,
  in_flight_limit: 100,
  at_work: [
    { atom_id: "atom-9", path: "shop/tax.py", symbol: "vat_rate", stage: "generate", attempts: 1, started_at: null },
  ],
});

test("a live run says who is at work, the room, the cost against its marks and the time left", async ({
  page,
  server,
}) => {
  const money = { cost_usd: 3.9, reserved_usd: 0.6, budget_usd: 5, calls: 31, unpriced_calls: 2 };
  server.json("GET", /runs\/run-1$/, { ...runDetail(), ...atWork(), ...money });
  await page.goto("/runs/run-1");
  await expect(page.getByTestId("run-phase")).toContainText("about 1 min 36 s left");
  await expect(page.getByRole("progressbar", { name: "At work" })).toHaveAttribute(
    "aria-valuetext",
    "6 of 100 calls at once",
  );
  await expect(
    page.getByText(
      "$3.90 of $5.00 · past 75 % · up to $0.60 held for calls in flight · 2 calls without a price, not counted",
    ),
  ).toBeVisible();
  await expect(page.getByRole("list", { name: "Atoms at work" })).toContainText("vat_rate attempt 2");
  await expect(page.getByText("4 retries")).toBeVisible();
});

test("P holds the events still while new ones come", async ({ page, server }) => {
  await page.goto("/runs/run-1");
  await server.push({ id: 101, topic: "run", type: "run.progress", data: { n: "first" } });
  await expect(page.locator(".events")).toContainText("first");
  await page.keyboard.press("p");
  await expect(page.getByRole("button", { name: "Follow" })).toBeVisible();
  await server.push({
    id: 103,
    topic: "run",
    type: "batch",
    data: { frames: [102, 103].map((id) => ({ id, topic: "run", type: "run.progress", data: { n: `no ${id}` } })) },
  });
  await page.waitForTimeout(300);
  await expect(page.locator(".events")).not.toContainText("no 102");
  await page.keyboard.press("p");
  await expect(page.locator(".events")).toContainText("no 102");
  await expect(page.locator(".events")).toContainText("no 103");
});

test("older events are loaded, and only the rows in view exist", async ({ page, server }) => {
  const event = (id: number) => ({
    id,
    topic: "run" as const,
    type: "run.progress",
    at: null,
    run_id: "run-1",
    data: { no: id },
  });
  server.on("GET", /v2\/events$/, ({ query }) => {
    const before = Number(query.get("before"));
    const from = Math.max(1, before - 200);
    return { json: { events: Array.from({ length: before - from }, (_, n) => event(from + n)), last_id: before } };
  });
  await page.goto("/runs/run-1");
  await server.push({ ...event(301), at: "2026-11-20T10:00:00Z" });
  const log = page.getByRole("region", { name: "Events of the run" });
  await expect(log).toContainText('{"no":301}');
  await page.getByRole("button", { name: "Load older events" }).click();
  await expect(log.getByRole("listitem").first()).toHaveAttribute("aria-setsize", "201");
  await page.getByRole("button", { name: "Load older events" }).click();
  await expect(page.getByText("These are all events of the run.")).toBeVisible();
  await expect(log.getByRole("listitem").first()).toHaveAttribute("aria-setsize", "301");
  expect(await log.getByRole("listitem").count()).toBeLessThan(40);
  await log.evaluate((node) => node.scrollTo({ top: node.scrollHeight }));
  await expect(log).toContainText('{"no":1}');
  await expectAccessibleInBothThemes(page);

  // Of a run that is over nothing more comes: its last events are there at once.
  server.json("GET", /runs\/run-1$/, { ...runDetail(), status: "completed", phase: "done", as_of_id: 300 });
  await page.goto("/runs/run-1");
  await expect(log).toContainText('{"no":300}');
});

test("what failed is tried again with one key", async ({ page, server }) => {
  const done = { ...runDetail(), status: "completed", phase: "done", model: "claude-sonnet-5-5", finished_at: null };
  server.json("GET", /runs\/run-1$/, done);
  server.json("POST", /retry-failed$/, { ...done, status: "running" }, 202);
  await page.goto("/runs/run-1");
  await expect(page.getByRole("button", { name: "Retry 6 failed" })).toBeVisible();
  await page.keyboard.press("r");
  await expect(page.getByRole("button", { name: "Pause" })).toBeVisible();
  await expect.poll(() => server.called("POST", /retry-failed$/)).toHaveLength(1);
});

test("chosen rows are tried again alone: the space bar chooses, R sends", async ({ page, server }) => {
  const done = { ...runDetail(), status: "completed", phase: "done", model: "claude-sonnet-5-5", finished_at: null };
  server.json("GET", /runs\/run-1$/, done);
  server.on("POST", /v2\/retry\//, () => ({ status: 202, json: done }));
  await page.goto("/runs/run-1");
  await page.getByLabel("State").selectOption("failed");
  const box = page.getByRole("checkbox", { name: /^Choose/ }).first();
  await page.keyboard.press("Escape");
  await page.getByRole("heading", { name: "Atoms" }).click();
  await page.keyboard.press("j");
  await page.keyboard.press(" ");
  await expect(box).toBeChecked();
  await expectAccessibleInBothThemes(page);
  await page.keyboard.press("r");
  await expect.poll(() => server.called("POST", /v2\/retry\//).length).toBe(1);
  await expect.poll(() => server.called("POST", /v2\/retry\//)[0]?.body).toEqual({ run_id: "run-1" });
  await expect(box).not.toBeChecked();
  expect(server.called("POST", /retry-failed$/)).toHaveLength(0);
});

for (const [status, words] of [
  ["paused", "nothing new starts until it is resumed"],
  ["budget_stopped", "add budget to go on"],
  ["cancelled", "Cancelled for good"],
] as const) {
  test(`a ${status} run says what that means`, async ({ page, server }) => {
    server.json("GET", /runs\/run-1$/, { ...runDetail(), status });
    await page.goto("/runs/run-1");
    await expect(page.getByText(words)).toBeVisible();
  });
}

test("a run that fell back says when and why", async ({ page, server }) => {
  const fell = { fell_back_at: "2026-11-20T10:01:00Z", fallback_reason: "the graph could not be built" };
  server.json("GET", /runs\/run-1$/, { ...runDetail(), ...fell });
  await page.goto("/runs/run-1");
  await expect(page.getByText(/Fell back to the MVP/)).toContainText("the graph could not be built");
});

test("the estimate stands beside the start", async ({ page, server }) => {
  await page.goto("/masterplans/plan-1");
  const note = page.getByRole("region", { name: "Estimate" });
  await expect(note).toContainText("$0.02 to $2.04 for 4 to 60 calls");
  await expect(note).toContainText("The budget may stop it");
  server.json("POST", /estimate$/, { ...estimate(), usd_low: null, usd_high: null, unpriced_reason: "Unknown price." });
  await page.getByRole("combobox", { name: /^Mode/ }).selectOption("mvp");
  await expect(note).toContainText("Unknown price.");
});

test("the MVP ships with V2 in its shadow where the mode allows it", async ({ page, server }) => {
  server.json("POST", /plan-1\/execute\/?$/, runDetail(), 202);
  await page.goto("/masterplans/plan-1");
  const shadow = page.getByRole("checkbox", { name: "Ship the MVP, with V2 in its shadow" });
  await shadow.check();
  await page.getByRole("combobox", { name: /^Mode/ }).selectOption("v2_atoms");
  await expect(shadow).toBeDisabled();
  await expect(page.getByText("Only where the MVP ships")).toBeVisible();
  await page.getByRole("combobox", { name: /^Mode/ }).selectOption("mvp");
  await page.getByRole("button", { name: "Start run" }).click();
  await expect(page).toHaveURL(/runs\/run-1/);
  await expect
    .poll(() => server.called("POST", /plan-1\/execute\/?$/).at(-1)?.body)
    .toMatchObject({ mode: "mvp", shadow: true });
  await expect.poll(() => server.called("POST", /estimate$/).some(({ body }) => body.shadow === true)).toBe(true);
});

test("the model writes tests only where a person ticks the box, and the estimate knows", async ({ page, server }) => {
  server.json("POST", /plan-1\/execute\/?$/, runDetail(), 202);
  await page.goto("/masterplans/plan-1");
  const note = page.getByRole("region", { name: "Estimate" });
  await expect(note).toContainText("for 4 to 60 calls");
  server.on("POST", /estimate$/, ({ body }) => ({
    json: { ...estimate(), calls: { low: 4, high: body.write_tests === true ? 63 : 60 } },
  }));
  const box = page.getByRole("checkbox", { name: "Let the model write tests for files that came without any" });
  await expect(box).not.toBeChecked();
  await expect(box).toHaveAccessibleDescription(/Paid for like every call/);
  await box.check();
  await expect(note).toContainText("for 4 to 63 calls");
  await page.getByRole("button", { name: "Start run" }).click();
  await expect(page).toHaveURL(/runs\/run-1/);
  await page.goto("/masterplans/plan-1");
  await box.check();
  await box.uncheck();
  await page.getByRole("button", { name: "Start run" }).click();
  await expect(page).toHaveURL(/runs\/run-1/);
  const bodies = server.called("POST", /plan-1\/execute\/?$/).map(({ body }) => body);
  expect(bodies.map((body) => body.write_tests)).toEqual([true, undefined]);
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

test("a person says how the run was, and an operator reports a critical bug", async ({ page, server }) => {
  const given = { score: null, word: "", mean: 4.5, count: 2 };
  server.json("GET", /runs\/run-1$/, { ...runDetail(), status: "completed", phase: "done" });
  server.json("GET", /runs\/run-1\/feedback$/, given);
  server.on("PUT", /runs\/run-1\/feedback$/, ({ body }) => {
    server.json("GET", /runs\/run-1\/feedback$/, { ...given, ...body, count: 3 });
    return { json: { ...given, ...body, count: 3 } };
  });
  server.json("POST", /rollout\/bugs$/, { code: "conflict", message: "Run run-1 is gone.", data: {} }, 409);
  await page.goto("/runs/run-1");
  const card = page.locator(".card", { hasText: "How was this run?" });
  await expect(card).toContainText("4.50 of 5 by 2 people");
  await expect(card.getByRole("button", { name: "Say it" })).toBeDisabled();
  await card.getByRole("radio", { name: "4" }).check();
  await card.getByLabel("In a word").fill("solid");
  await card.getByRole("button", { name: "Say it" }).click();
  await expect(card).toContainText("by 3 people");
  await expect(card.getByRole("button", { name: "Say it anew" })).toBeDisabled();
  await expectAccessibleInBothThemes(page);

  await card.getByRole("button", { name: "Report a critical bug" }).click();
  const dialog = page.getByRole("dialog", { name: "Report a critical bug?" });
  await expect(dialog.getByRole("button", { name: "Report it" })).toBeDisabled();
  await dialog.getByLabel("What is wrong").fill("It rounds prices wrongly.");
  await dialog.getByRole("button", { name: "Report it" }).click();
  await expect(dialog).toContainText("Run run-1 is gone.");
  await expect(dialog.getByLabel("What is wrong")).toHaveValue("It rounds prices wrongly."); // no word is lost
  await expectAccessibleInBothThemes(page);
  server.json("POST", /rollout\/bugs$/, { id: 4 }, 201);
  await dialog.getByRole("button", { name: "Report it" }).click();
  await expect(page.getByText("Reported. The rollout is held until it is closed.")).toBeVisible();
  const wanted = { run_id: "run-1", critical: true, description: "It rounds prices wrongly." };
  await expect.poll(() => server.called("POST", /rollout\/bugs$/).at(-1)?.body).toEqual(wanted);
});

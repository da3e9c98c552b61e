import { expect, test } from "../support/mock";
import { commonWorld } from "../support/world";

const broken = { code: "internal", message: "Something broke here.", data: {} };
const forbidden = { code: "forbidden", message: "You lack the role operator.", data: {} };

test("signing in shows what is wrong, and then goes where the visitor wanted to go", async ({ page, server }) => {
  commonWorld(server, null);
  const wrong = { code: "invalid_credentials", message: "The user name or the password is wrong.", data: {} };
  server.json("POST", /session$/, wrong, 400);
  await page.goto("/runs");
  await expect(page).toHaveURL(/\/login\?next=/);
  await page.getByLabel("User name").fill("reviewer");
  await page.getByLabel("Password").fill("nope");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toHaveText(wrong.message);
  const user = { id: 1, username: "reviewer", roles: ["reviewer"], is_staff: false };
  server.json("POST", /session$/, { user, csrf_token: "t" }).json("GET", /session$/, { user, csrf_token: "t" });
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Runs" })).toBeVisible();
});

test("signing in never leads to another site", async ({ page, server }) => {
  commonWorld(server, null);
  const user = { id: 1, username: "reviewer", roles: ["reviewer"], is_staff: false };
  await page.goto("/login?next=//evil.test/x");
  server.json("POST", /session$/, { user, csrf_token: "t" }).json("GET", /session$/, { user, csrf_token: "t" });
  await page.getByLabel("User name").fill("reviewer");
  await page.getByLabel("Password").fill("right");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/^http:\/\/console\.test\/review/);
});

test.describe("signed in", () => {
  test.beforeEach(({ server }) => commonWorld(server));

  test("an error stays in its part of the page and can be tried again", async ({ page, server }) => {
    server.json("GET", /runs\/run-1\/atoms$/, forbidden, 403);
    await page.goto("/runs/run-1");
    await expect(page.getByText("Your role does not allow this")).toBeVisible();
    await expect(page.getByRole("heading", { name: "Shop example" })).toBeVisible();
    server.json("GET", /masterplans\/$/, broken, 400);
    await page.goto("/masterplans");
    await expect(page.getByRole("alert")).toContainText("Something broke here.");
    server.json("GET", /masterplans\/$/, { results: [], next: null });
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(page.getByRole("heading", { name: "No plans yet" })).toBeVisible();
  });

  test("what is not there, or not visible, is one and the same", async ({ page, server }) => {
    server.json("GET", /runs\/run-9$/, { code: "not_found", message: "There is no such run.", data: {} }, 404);
    await page.goto("/runs/run-9");
    await expect(page.getByRole("heading", { name: "Not found" })).toBeVisible();
    await page.goto("/nowhere");
    await expect(page.getByRole("heading", { name: "No such page" })).toBeVisible();
  });

  test("a session that ends leads to the sign-in page and back", async ({ page, server }) => {
    await page.goto("/masterplans");
    await expect(page.getByRole("heading", { name: "Plans" })).toBeVisible();
    server.json("GET", /session$/, { user: null, csrf_token: "t" });
    server.json("GET", /execution\/runs$/, { code: "not_signed_in", message: "Sign in first.", data: {} }, 401);
    await page.getByRole("link", { name: "Runs" }).click();
    await expect(page).toHaveURL(/\/login\?next=%2Fruns/);
  });

  test("signing out leads to the sign-in page and leaves nothing behind", async ({ page, server }) => {
    await page.goto("/masterplans");
    await expect(page.getByRole("link", { name: "Shop example" })).toBeVisible();
    server.on("DELETE", /session$/, () => ({ status: 204 }));
    server.json("GET", /session$/, { user: null, csrf_token: "t" });
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
    await expect(page.getByText("Shop example")).toBeHidden();
  });

  test("an import shows progress, and its errors in the server's words", async ({ page, server }) => {
    const data = { cycle: ["a.py", "b.py"] };
    server.json(
      "POST",
      /masterplans\/import$/,
      { code: "task_cycle", message: "Tasks depend on each other in a circle.", data },
      400,
    );
    await page.goto("/masterplans");
    const file = { name: "plan.json", mimeType: "application/json", buffer: Buffer.from("{}") };
    await page.getByLabel("Plan file").setInputFiles(file);
    await expect(page.getByRole("alert")).toContainText("Tasks depend on each other in a circle.");
    await page.getByText("Details").click();
    await expect(page.getByText(/b\.py/)).toBeVisible();
    server.json("POST", /masterplans\/import$/, { masterplan_id: "plan-1" }, 201);
    await page.getByLabel("Plan file").setInputFiles(file);
    await expect(page).toHaveURL(/masterplans\/plan-1/);
  });

  test("the owner says which team sees a plan", async ({ page, server }) => {
    const { planDetail } = await import("../support/cast");
    server.json("GET", /masterplans\/plan-1\/$/, planDetail({ team: null, team_choices: ["blue", "green"] }));
    server.on("PATCH", /masterplans\/plan-1\/$/, ({ body }) => ({
      json: planDetail({ ...body, team_choices: ["blue"] }),
    }));
    await page.goto("/masterplans/plan-1");
    await page.getByLabel("Shared with").selectOption("team green");
    await expect(page.getByLabel("Shared with")).toHaveValue("green");
    await expect.poll(() => server.called("PATCH", /plan-1\/$/)[0]?.body).toEqual({ team: "green" });
    await page.getByLabel("Shared with").selectOption("nobody");
    await expect.poll(() => server.called("PATCH", /plan-1\/$/)[1]?.body).toEqual({ team: null });
  });

  test("a run is started with what was chosen", async ({ page, server }) => {
    server.json("POST", /execute$/, { run_id: "run-1" }, 202);
    await page.goto("/masterplans/plan-1");
    await page.getByRole("combobox", { name: /^Mode/ }).selectOption("v2_atoms");
    await page.getByLabel("Budget in USD").fill("2.5");
    await page.getByRole("button", { name: "Start run" }).click();
    await expect(page).toHaveURL(/runs\/run-1/);
    await expect
      .poll(() => server.called("POST", /execute$/)[0]?.body)
      .toEqual({ mode: "v2_atoms", policy: "repair", budget_usd: 2.5 });
  });

  test("a webhook is made, shows its secret once, and lists what was sent", async ({ page, server }) => {
    const hook = {
      webhook_id: "hook-1",
      masterplan_id: "plan-1",
      url: "https://example.org/hook",
      events: ["run.status"],
      active: true,
      stopped_because: "",
      created_at: "2026-11-20T10:00:00Z",
    };
    server.on("POST", /v2\/webhooks$/, () => {
      server.json("GET", /v2\/webhooks$/, { results: [hook], next: null });
      return { status: 201, json: { ...hook, secret: "whsec_once" } };
    });
    const failed = { delivery_id: "d", seq: 7, type: "run.status", status: "pending", tries: 2, http_status: 500 };
    const times = { next_at: hook.created_at, created_at: hook.created_at, delivered_at: null };
    server.json("GET", /hook-1\/deliveries$/, { results: [{ ...failed, ...times, error: "HTTP 500" }], next: null });
    await page.goto("/masterplans/plan-1");
    await page.getByText("Tell another program what happens here").click();
    await page.getByLabel("URL").fill(hook.url);
    await page.getByLabel("run.finished").uncheck();
    await page.getByRole("button", { name: "Add webhook" }).click();
    await expect(page.getByText("whsec_once")).toBeVisible();
    await expect
      .poll(() => server.called("POST", /v2\/webhooks$/)[0]?.body)
      .toEqual({
        url: hook.url,
        events: ["run.status"],
        masterplan_id: "plan-1",
      });
    await page.getByText("Deliveries", { exact: true }).click();
    await expect(page.getByText(/run.status is tried again .* 2 tries · HTTP 500/)).toBeVisible();
    await page.reload();
    await expect(page.getByText("whsec_once")).toBeHidden();
  });

  test("a draft waits for a person", async ({ page, server }) => {
    const { planDetail } = await import("../support/cast");
    server.json("GET", /masterplans\/plan-1\/$/, planDetail({ status: "draft", latest_run: null }));
    server.json("POST", /approve$/, {});
    await page.goto("/masterplans/plan-1");
    await expect(page.getByRole("button", { name: "Approve" })).toBeVisible();
    await expect(page.getByRole("button", { name: "Start run" })).toBeHidden();
    server.json("GET", /masterplans\/plan-1\/$/, planDetail({ status: "approved", latest_run: null }));
    await page.getByRole("button", { name: "Approve" }).click();
    await expect(page.getByRole("button", { name: "Start run" })).toBeVisible();
  });

  test("the palette finds by a word and the key sheet can switch letters off", async ({ page, server }) => {
    await page.goto("/review/review-1");
    await expect(page.locator('[data-review="review-1"]')).toBeVisible();
    await page.keyboard.press("Control+k");
    await page.keyboard.type("runs");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: "Runs" })).toBeVisible();
    await page.keyboard.press("?");
    await page.getByLabel("Single-letter keys").uncheck();
    await page.keyboard.press("Escape");
    await page.goto("/review/review-1");
    await expect(page.locator('[data-review="review-1"]')).toBeVisible();
    await page.waitForTimeout(250);
    await page.keyboard.press("a");
    await page.waitForTimeout(100);
    expect(server.called("POST", /approve$/)).toHaveLength(0);
  });

  test("one plan is shown wherever one is, with what it spent today, and the address says which", async ({
    page,
    server,
  }) => {
    await page.goto("/runs");
    await expect(page.locator(".spend")).toHaveText("today $1.25 of $5.00");
    await page.getByLabel("Plan in view").selectOption({ label: "Shop example" });
    await expect(page).toHaveURL(/\/runs\?masterplan=plan-1$/);
    await expect
      .poll(() =>
        server
          .called("GET", /execution\/runs$/)
          .at(-1)
          ?.query.get("masterplan"),
      )
      .toBe("plan-1");
    await page.getByLabel("State").selectOption("failed");
    await expect(page).toHaveURL(/masterplan=plan-1&status=failed|status=failed&masterplan=plan-1/);
    await page.keyboard.press("g");
    await page.keyboard.press("s");
    await expect(page.getByLabel("Plan in view")).toHaveValue("");
    await page.getByLabel("Plan in view").selectOption({ label: "Shop example" });
    await expect(page).toHaveURL(/\/masterplans\/plan-1$/);
    await expect(page.getByLabel("Plan in view")).toHaveValue("plan-1");
    await page.getByLabel("Plan in view").selectOption("");
    await expect(page.getByRole("heading", { level: 1, name: "Plans" })).toBeVisible();
  });

  test("the atoms of a run are narrowed by words, state and attempts, in the address", async ({ page }) => {
    await page.goto("/runs/run-1?attempts=2");
    const rows = page.getByRole("region", { name: "Atoms", exact: true }).locator("tbody tr");
    const narrowed = await rows.count();
    await page.getByLabel("Attempts").selectOption("");
    await expect(rows).not.toHaveCount(narrowed);
    await page.keyboard.press("/");
    await page.keyboard.type("nothing like it");
    await expect(rows).toHaveCount(0);
    await expect(page).toHaveURL(/find=nothing/);
  });

  test("a row is opened with O, and what is folded on a page with I", async ({ page }) => {
    await page.goto("/masterplans");
    await expect(page.getByRole("link", { name: "Shop example" })).toBeVisible();
    await page.keyboard.press("j");
    await page.keyboard.press("o");
    await expect(page).toHaveURL(/\/masterplans\/plan-1$/);
    await expect(page.getByRole("heading", { level: 1, name: "Shop example" })).toBeVisible();
    const folded = page.locator("main details:not([open])");
    await expect(folded).toHaveCount(2); // the estimate comes a little later
    await page.keyboard.press("i");
    await expect(folded).toHaveCount(0);
  });
});

import { discovery, planDetail } from "../support/cast";
import { expect, test } from "../support/mock";
import { commonWorld } from "../support/world";

test.beforeEach(({ server }) => commonWorld(server));

test("a brief shows its steps and ends on the draft plan with what was found", async ({ page, server }) => {
  const brief = { brief_id: "brief-1", name: "", status: "running", phase: "discovery", masterplan_id: null };
  const more = { error: null, cost_usd: 0.02, budget_usd: 5, model: "m", created_at: "2026-11-20T10:00:00Z" };
  const answers = [
    { ...brief, ...more },
    { ...brief, ...more, phase: "planning" },
    { ...brief, ...more, status: "completed", masterplan_id: "plan-1" },
  ];
  server.json("POST", /masterplans\/brief$/, answers[0], 202);
  server.on("GET", /brief\/brief-1$/, () => ({ json: answers.length > 1 ? answers.shift() : answers[0] }));
  server.json(
    "GET",
    /masterplans\/plan-1\/$/,
    planDetail({ status: "draft", source_kind: "brief", latest_run: null, discovery: discovery() }),
  );
  await page.goto("/masterplans");
  await page.getByRole("tab", { name: "From a brief" }).click();
  await page.getByLabel("What is to be built").fill("A library that lends books.");
  await page.getByRole("button", { name: "Plan it" }).click();
  await expect(page.getByRole("status").getByText(/step 1 of 2/)).toBeVisible();
  await expect(page.getByRole("status").getByText(/step 2 of 2/)).toBeVisible();
  await expect(page).toHaveURL(/masterplans\/plan-1/);
  await expect(page.getByText("One library only.")).toBeVisible();
  await expect(page.getByText("This plan is a draft.")).toBeVisible();
  await expect
    .poll(() => server.called("POST", /brief$/)[0]?.body)
    .toMatchObject({ text: "A library that lends books." });
});

test("a brief that came to nothing says why and keeps its words", async ({ page, server }) => {
  const error = { code: "no_model_configured", message: "no model configured: set ANTHROPIC_API_KEY", data: {} };
  server.json("POST", /masterplans\/brief$/, error, 503);
  await page.goto("/masterplans");
  await page.getByRole("tab", { name: "From a brief" }).click();
  await page.getByLabel("What is to be built").fill("A library.");
  await page.getByRole("button", { name: "Plan it" }).click();
  await expect(page.getByRole("alert")).toContainText("no model configured");
  await expect(page.getByLabel("What is to be built")).toHaveValue("A library.");
});

import { wireAttempt, wireCheck, wireValidation } from "../../src/testing/builders";
import { expectAccessibleInBothThemes } from "../support/axe";
import { atom } from "../support/cast";
import { expect, test } from "../support/mock";
import { commonWorld } from "../support/world";

const tried = (attempt_number: number, code_generated: string, temperature: number) =>
  wireAttempt({ attempt_number, code_generated, temperature, llm_model: "claude-sonnet-5-5", llm_cost_usd: 0.012 });

test("any two versions are compared, prompts are read on request, and decisions say how long they took", async ({
  page,
  server,
}) => {
  commonWorld(server);
  const known = atom();
  const first = `${known.original_code}    # one\n`;
  const second = `${known.original_code}    # two\n`;
  server.json("GET", /atoms\/atom-1$/, {
    ...known,
    code: second,
    attempts: [wireAttempt(), tried(1, first, 0.7), tried(2, second, 0.5)],
  });
  server.json("GET", /attempts\/2\/prompt$/, {
    model: "claude-sonnet-5-5",
    purpose: "generate",
    sent_at: "2026-01-05T10:00:00Z",
    system: ["You repair code."],
    prompt: "The failing test: <b>total</b>",
  });
  server.json("GET", /attempts\/1\/prompt$/, { code: "not_found", message: "No call is stored.", data: {} }, 404);
  await page.goto("/atoms/atom-1?run=run-1");
  const versions = page.locator(".card", { has: page.getByRole("heading", { name: "Versions" }) });
  await expect(versions.locator("tr.added")).toContainText("# two");
  await expect(versions.locator("tr.removed")).toHaveCount(0);
  await versions.getByLabel("From").selectOption({ label: "attempt 1" });
  await expect(versions.locator("tr.removed")).toContainText("# one");
  await expect(versions.locator("tr.added")).toContainText("# two");
  await versions.getByLabel("To").selectOption({ label: "attempt 1" });
  await expect(versions).toContainText("Both have the same lines.");

  const attempts = page.locator(".card", { has: page.getByRole("heading", { name: "Attempts" }) });
  await expect(attempts).toContainText("claude-sonnet-5-5 · temperature 0.5");
  expect(server.called("GET", /prompt$/)).toHaveLength(0);
  const prompts = attempts.getByText("Prompt that was sent");
  await expect(prompts).toHaveCount(2);
  await prompts.last().click();
  await expect(attempts).toContainText("You repair code.");
  await expect(attempts).toContainText("The failing test: <b>total</b>");
  await prompts.first().click();
  await expect(attempts.getByRole("alert")).toContainText("No call is stored.");
  await expect(page.getByText("looked for 18 s")).toBeVisible();
  await expectAccessibleInBothThemes(page);
});

test("the evidence of every check of an atom is one click away, and what nobody wrote is marked", async ({
  page,
  server,
}) => {
  commonWorld(server);
  const evidence = { command: "pyrefly check", exit_code: 0, output: "0 findings in 4 files" };
  const passed = wireCheck({ name: "types", status: "passed", reason: "", findings: [], evidence });
  const generated = wireCheck({
    name: "generated_tests",
    status: "passed",
    reason: "8 inputs answered as the draft did",
    findings: [],
    evidence: { command: "calls recorded in the suite", exit_code: null, output: "" },
    forgeable: true,
    generated: true,
  });
  const level = wireValidation({ status: "passed", checks: [passed, generated] });
  server.json("GET", /atoms\/atom-1$/, { ...atom(), validations: [level] });
  await page.goto("/atoms/atom-1?run=run-1");
  const card = page.locator(".card", { has: page.getByRole("heading", { name: "Validations" }) });
  await expect(card.getByText("pyrefly check")).toBeHidden();
  await card.getByText("Types", { exact: true }).click();
  await expect(card.getByText("pyrefly check")).toBeVisible();
  await expect(card.getByText("0 findings in 4 files")).toBeVisible();
  await expect(card.getByText("generated tests", { exact: true })).toBeVisible();
  await card.getByText("8 inputs answered as the draft did").click();
  await expect(card.getByText("calls recorded in the suite")).toBeVisible();
});

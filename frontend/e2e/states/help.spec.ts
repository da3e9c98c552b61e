import { wireReview, wireReviewRow } from "../../src/testing/builders";
import { expectAccessibleInBothThemes } from "../support/axe";
import { expect, test } from "../support/mock";
import { commonWorld, NO_HELP } from "../support/world";

const FOUND = {
  title: "Line 14: round(total) instead of total",
  detail: "With it the 2 tests of this atom pass, and nothing else fails.",
  source: "repair",
  code: "return 0\n",
  verified: true,
  kind: "fix",
  model: null,
  cost_usd: null,
};
const HELP = /review\/review-1\/help$/;

test.beforeEach(({ server }) => commonWorld(server));

test("F searches, tells how far it is, and what was found can be previewed", async ({ page, server }) => {
  const states = [
    { ...NO_HELP, state: "running" },
    { ...NO_HELP, state: "running", tried: 12, total: 80 },
    { ...NO_HELP, state: "done", tried: 31, total: 80, found: 1 },
  ];
  let looked = 0;
  let hold = false;
  server.json("POST", HELP, { ...NO_HELP, state: "waiting" }, 202);
  await page.goto("/review/review-1");
  await expect(page.getByRole("button", { name: "Search for a fix" })).toBeEnabled();
  server.on("GET", HELP, () => ({ json: states[Math.min(hold ? 1 : 2, looked++)] }));
  hold = true;
  await page.keyboard.press("f");
  await expect(page.getByText("12 of 80 repairs tried")).toBeVisible();
  await expect(page.getByRole("progressbar", { name: "Repairs tried" })).toBeVisible();
  await expectAccessibleInBothThemes(page);
  server.json("GET", /review\/review-1$/, { ...wireReview(wireReviewRow()), suggestions: [FOUND] });
  hold = false;
  await expect(page.getByText("1 suggestion found after 31 tries")).toBeVisible();
  await expect(page.getByText(FOUND.title)).toBeVisible();
  await expect(page.getByText("tests run in run run-1")).toBeVisible();
  await expectAccessibleInBothThemes(page);
});

test("alternatives stand in a list of their own, and what the model wrote names its price", async ({
  page,
  server,
}) => {
  const said = { title: "Sum first", detail: "One rounding.", source: "claude-x", model: "claude-x", cost_usd: 0.0045 };
  const other = { ...FOUND, ...said, code: "return sum\n", verified: false, kind: "alternative" };
  const issue = { ...FOUND, title: "types: not an int", source: "mypy", code: null, verified: false, kind: "issue" };
  const fixes = [FOUND, { ...FOUND, title: "Line 15: a * b" }, { ...FOUND, title: "Line 16: a / b" }];
  server.json("GET", /review\/review-1$/, { ...wireReview(wireReviewRow()), suggestions: [issue, other, ...fixes] });
  await page.goto("/review/review-1");
  const list = (name: string) => page.getByRole("list", { name }).getByRole("listitem");
  await expect(list("Suggestions")).toContainText([/from repair.*verified/, /a \* b/, /a \/ b/]);
  await expect(list("Alternatives")).toContainText([/from claude-x · \$0\.0045 a call.*not verified/]);
  await expect(list("Found by the checks")).toContainText([/from mypy$/]);
  await page.waitForTimeout(200);
  await page.keyboard.press("5"); // an issue has no code to preview
  await expect(page.getByText("original → suggestion")).toBeHidden();
  await page.keyboard.press("4");
  await expect(page.getByText("original → suggestion")).toBeVisible();
  await expect(list("Alternatives").getByRole("button", { name: "Hide" })).toBeVisible();
  await expect(page.getByText("attempts 1/3")).toBeVisible();
});

test("where nothing was found the model may be asked, and its price is told", async ({ page, server }) => {
  const note = "no repair of the size of a mutation makes the failing tests pass";
  server.json("GET", HELP, { ...NO_HELP, state: "done", tried: 80, total: 80, note, model: "claude-x" });
  const paid = "claude-x was asked for 0.0123 USD, booked on the run";
  server.json("POST", HELP, { ...NO_HELP, state: "done", tried: 80, total: 80, found: 2, note: paid }, 202);
  await page.goto("/review/review-1");
  await expect(page.getByText(`Nothing found after 80 tries: ${note}.`)).toBeVisible();
  await expectAccessibleInBothThemes(page);
  await page.keyboard.press("Shift+F");
  await expect(page.getByText(`2 suggestions found after 80 tries: ${paid}.`)).toBeVisible();
  await expect.poll(() => server.called("POST", HELP)[0]?.body).toEqual({ with_model: true });
  await expect(page.getByRole("button", { name: "Ask the model" })).toHaveCount(0);
});

test("a search that breaks says why and can be begun again", async ({ page, server }) => {
  server.json("GET", HELP, { ...NO_HELP, state: "failed", note: "the sandbox is not available" });
  await page.goto("/review/review-1");
  await expect(page.getByText("The search broke off: the sandbox is not available")).toBeVisible();
  await expect(page.getByRole("button", { name: "Search again" })).toBeEnabled();
  await expectAccessibleInBothThemes(page);
});

test("a withdrawn item says so, and the words of a decision that came too late are not lost", async ({
  page,
  server,
}) => {
  const message = "An operator asked for another attempt at this, so its review was withdrawn. Its result is queued.";
  server.json("POST", /review\/reject$/, { code: "withdrawn", message, data: {} }, 409);
  await page.goto("/review/review-1");
  await expect(page.getByRole("button", { name: "Search for a fix" })).toBeEnabled();
  await page.waitForTimeout(200); // the guard between paint and decision
  await page.keyboard.press("x");
  await page.getByLabel("What is wrong (optional)").fill("It rounds down");
  await page.keyboard.press("Enter");
  await expect(page.getByText(`Not saved: ${message} You wrote: “It rounds down”`)).toBeVisible();
  const closed = { status: "regenerated", decision: "withdrawn", version: 2, reviewed_at: new Date().toISOString() };
  server.json("GET", /review\/review-1$/, wireReview(wireReviewRow(closed as never)));
  await page.goto("/review/review-1");
  await expect(page.getByText(/^Withdrawn .*Nothing was decided, and an edit that you began is kept/)).toBeVisible();
  await expectAccessibleInBothThemes(page);
});

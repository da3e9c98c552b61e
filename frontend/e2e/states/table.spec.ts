import type { Page } from "@playwright/test";
import { wireAttempt, wireReview, wireReviewRow } from "../../src/testing/builders";
import { expectAccessible, expectAccessibleInBothThemes } from "../support/axe";
import { expect, type MockServer, test } from "../support/mock";
import { commonWorld, NO_IMPACT, USER } from "../support/world";

/** One test per row of the table of states: what shows, what is refused, and axe in both themes. */
const SOON = () => new Date(Date.now() + 240_000).toISOString();
const COUNTS = { pending: 0, in_review: 0, done: 4, mine_today: 1 };
const queue = (server: MockServer, results: object[], counts = {}) =>
  server.json("GET", /review\/queue$/, { results, next: null, counts: { ...COUNTS, ...counts }, as_of_id: 100 });
const error = (code: string, message: string, data: object = {}) => ({ code, message, data });
const decisions = (server: MockServer) => server.called("POST", /review\/(approve|reject|regenerate|edit)$/);
const changed = (over: object, id = 101) => ({
  id,
  topic: "review" as const,
  type: "review.changed",
  data: { review_id: "review-1", status: "pending", version: 1, ...over },
});

async function open(page: Page, path = "/review/review-1", reviewId = "review-1"): Promise<void> {
  await page.goto(path);
  await expect(page.locator(`[data-review="${reviewId}"]`)).toBeVisible();
  await page.waitForTimeout(200);
}
/** A decision cannot be taken, by button or by key. */
async function expectBlocked(page: Page, server: MockServer): Promise<void> {
  await expect(page.getByRole("button", { name: "Approve" })).toBeDisabled();
  await page.keyboard.press("a");
  await page.waitForTimeout(60);
  expect(decisions(server)).toHaveLength(0);
}

test.beforeEach(({ server }) => commonWorld(server));

/** How long each skeleton stood unseen before it was shown. */
function timeSkeletons(): void {
  const waited: number[] = [];
  const since = new Map<Element, number>();
  Object.assign(window, { waited });
  new MutationObserver(() => {
    for (const one of document.querySelectorAll(".skeleton")) {
      const begun = since.get(one);
      if (begun === undefined) since.set(one, performance.now());
      else if (one.getAttribute("data-shown") === "true") waited.push(performance.now() - begun);
    }
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-shown"] });
}

test("first load: the shell at once, a skeleton only after 150 ms", async ({ page, server }) => {
  let answer = () => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  server.on("GET", /review\/queue$/, async () => {
    await held;
    return { json: { results: [], next: null, counts: COUNTS, as_of_id: 1 } };
  });
  await page.addInitScript(timeSkeletons);
  await page.goto("/review");
  await expect(page.getByRole("link", { name: "Review" })).toBeVisible();
  await expect(page.locator('.queue .skeleton[data-shown="true"]')).toBeVisible();
  const waited = await page.evaluate(() => (window as unknown as { waited: number[] }).waited);
  // The observer is told a little after the timer began.
  expect(Math.min(...waited), "milliseconds that nothing flashes").toBeGreaterThan(100);
  await expectAccessibleInBothThemes(page);
  answer();
  await expect(page.getByRole("heading", { name: "Nothing to review" })).toBeVisible();
});

test("next item not in cache: the one before stays, dimmed, and cannot be decided", async ({ page, server }) => {
  let answer = () => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const row = wireReviewRow({ review_id: "slow", symbol: "slow_one" });
  queue(server, [wireReviewRow(), row], { pending: 2 });
  server.on("GET", /review\/slow$/, async () => {
    await held;
    return { json: wireReview({ ...row }) };
  });
  await open(page);
  await page.keyboard.press("j");
  await expect(page.locator(".item.stale")).toBeVisible();
  await expect(page.getByRole("heading", { level: 2, name: "Cart.total" })).toBeVisible();
  await expectBlocked(page, server);
  await expectAccessibleInBothThemes(page);
  answer();
  await expect(page.locator('[data-review="slow"]')).toBeVisible();
});

test("empty queue: nothing to do, filtered to nothing, and all held by others read differently", async ({
  page,
  server,
}) => {
  queue(server, []);
  const newest_at = new Date(Date.now() - 250_000).toISOString();
  server.json("GET", /review\/stats$/, { ...COUNTS, median_seconds: null, newest_at });
  await page.goto("/review");
  await expect(page.getByRole("heading", { name: "Nothing to review" })).toBeVisible();
  await expect(page.getByText("2 runs active; last item 4 min ago.")).toBeVisible();
  await expect.poll(() => server.called("GET", /execution\/runs$/)[0]?.query.get("status")).toBe("live");
  await expect(page.getByText("4 items decided, 1 by you today.")).toBeVisible();
  await expectAccessibleInBothThemes(page);
  await page.goto("/review?language=tsx");
  await expect(page.getByRole("heading", { name: "Nothing matches" })).toBeVisible();
  await page.getByRole("region", { name: "Queue" }).getByRole("button", { name: "Clear the filters" }).last().click();
  await expect(page).toHaveURL(/\/review(\?view=needs_me)?$/);
  const held = wireReviewRow({ status: "in_review", assigned_to: "alice", claimed_until: SOON() });
  server.on("GET", /review\/queue$/, ({ query }) => {
    const results = query.get("view") === "pending" ? [held] : [];
    return { json: { results, next: null, counts: { ...COUNTS, in_review: 1 }, as_of_id: 1 } };
  });
  await page.goto("/review");
  await expect(page.getByRole("heading", { name: "All items are with others" })).toBeVisible();
  await expect(page.locator(".holders")).toContainText("alice Cart.total, for 4 more min at most");
  await expectAccessibleInBothThemes(page);
});

test("claimed by another: readable, no decisions, N goes to the next free item", async ({ page, server }) => {
  server.on("POST", /review\/claim$/, ({ body }) =>
    body.review_id === "review-1"
      ? { status: 409, json: error("claimed", "alice is looking at this.", { by: "alice", until: SOON() }) }
      : { json: wireReviewRow({ review_id: String(body.review_id), assigned_to: USER.username }) },
  );
  await open(page);
  await expect(page.locator(".banner")).toContainText("alice is reviewing this, for 4 more min at most.");
  await expect(page.locator(".diff")).toBeVisible();
  await expectBlocked(page, server);
  await expectAccessibleInBothThemes(page);
  await page.keyboard.press("n");
  await expect(page.locator('[data-review="review-2"]')).toBeVisible();
});

test("claim lost while reading: said so, the draft is kept, and the item is free again when the claim ends", async ({
  page,
  server,
}) => {
  await open(page);
  await expect.poll(() => server.called("POST", /claim$/).length).toBeGreaterThan(0);
  await page.keyboard.press("e");
  await expect(page.locator(".cm-content")).toBeFocused();
  await page.keyboard.type("# mine ");
  await page.keyboard.press("Escape");
  const until = new Date(Date.now() + 4000).toISOString();
  await server.push(changed({ status: "in_review", assigned_to: "alice", claimed_until: until }));
  await expect(page.locator(".banner")).toContainText("You no longer hold this item");
  await expectBlocked(page, server);
  await expectAccessibleInBothThemes(page);
  await expect(page.getByRole("button", { name: "Approve" })).toBeEnabled();
  await page.keyboard.press("e");
  await expect(page.locator(".cm-content")).toContainText("# mine");
});

test("a key pressed in the moment in which an item is free again is not lost", async ({ page, server }) => {
  const claimed = page.waitForResponse(/claim$/);
  await open(page);
  await claimed;
  const until = new Date(Date.now() + 3000).toISOString();
  await server.push(changed({ status: "in_review", assigned_to: "alice", claimed_until: until }));
  const approve = page.getByRole("button", { name: "Approve" });
  await expect(approve).toBeDisabled();
  await approve.evaluate((button: HTMLButtonElement) => {
    new MutationObserver((_, watching) => {
      watching.disconnect();
      document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "e", bubbles: true, cancelable: true }));
    }).observe(button, { attributes: true, attributeFilter: ["disabled"] });
  });
  await expect(page.locator(".cm-content")).toBeVisible();
});

test("changed under you: what changed is shown before the new version, never swapped silently", async ({
  page,
  server,
}) => {
  await open(page);
  const code = wireReview().code?.replace("round(", "int(") ?? "";
  const next = wireReview({
    version: 2,
    code,
    attempts: 2,
    reasons: ["low confidence"],
    confidence: 0.64,
    tests: [{ id: "tests/test_cart.py::test_total", status: "passed" }],
    attempts_history: [
      ...(wireReview().attempts_history ?? []),
      wireAttempt({ attempt_number: 2, code_generated: code }),
    ],
  });
  server.json("GET", /review\/review-1$/, next);
  server.json("POST", /review\/claim$/, wireReviewRow({ version: 2, assigned_to: USER.username }));
  await server.push(changed({ version: 2, assigned_to: null, claimed_until: null }));
  const banner = page.locator(".banner");
  await expect(banner).toContainText("the code, 1 test no longer fail, attempt 2 was made, confidence 0.31 → 0.64");
  await expect(page.locator(".code-pane")).toContainText("round(");
  await expectBlocked(page, server);
  await expectAccessibleInBothThemes(page);
  await page.keyboard.press("]");
  const panel = page.getByRole("region", { name: "What changed since you read it" });
  await expect(panel.locator("tr.removed")).toContainText("round(");
  await expect(panel.locator("tr.added")).toContainText("int(");
  await expectAccessibleInBothThemes(page);
  await panel.getByRole("button", { name: "Got it" }).click();
  await expect(panel).toBeHidden();
  await page.waitForTimeout(200);
  await page.keyboard.press("a");
  await expect.poll(() => decisions(server)[0]?.body).toMatchObject({ review_id: "review-1", version: 2 });
});

test("scored again while open: what it rests on follows at once, under the same code and preview", async ({
  page,
  server,
}) => {
  await open(page);
  await page.keyboard.press("1");
  await expect(page.locator(".suggestions .shown")).toContainText("Round to whole cents");
  const terms = [{ name: "validation", weight: 0.4, value: 0.9, evidence: ["tests: 2 of 2 pass"] }];
  const known = wireReview().suggestions;
  const suggestions = [
    ...known.map((row) => ({ ...row, title: "Found since", code: "def total(self): ...\n" })),
    ...known,
  ];
  server.json("GET", /review\/review-1$/, wireReview({ confidence: 0.83, confidence_terms: terms, suggestions }));
  server.json("POST", /review\/claim$/, wireReviewRow({ confidence: 0.83, assigned_to: USER.username }));
  const rescored = (over: object, id: number) => ({
    id,
    topic: "review" as const,
    type: "review.rescored",
    data: { reviews: [{ review_id: "review-1", version: 1, confidence: 0.83, reasons: ["low confidence"], ...over }] },
  });
  await server.push(rescored({}, 101));
  await expect(page.locator(".terms")).toContainText("2 of 2 pass");
  await expect(page.locator(".why-score")).toContainText("0.83");
  await expect(page.locator(".queue").getByText("0.83")).toBeVisible();
  await expect(page.locator(".suggestions .shown")).toContainText("Round to whole cents");
  await expect(page.locator(".banner")).toHaveCount(0);
  // Another version may hold other code: it waits.
  server.json("GET", /review\/review-1$/, wireReview({ version: 2, confidence: 0.2 }));
  await server.push(rescored({ version: 2, confidence: 0.2 }, 102));
  await expect(page.locator(".banner")).toContainText("confidence 0.83 → 0.20");
  await expect(page.locator(".why-score")).toContainText("0.83");
});

test("sent back while open by another: closed, and read-only", async ({ page, server }) => {
  await open(page);
  await server.push(changed({ status: "regenerated", decision: "regenerate", version: 2 }));
  await expect(page.locator(".banner")).toContainText("Sent back. Decided items are read-only.");
  await expect(page.locator(".code-pane")).toContainText("round(");
  await expectBlocked(page, server);
  await expectAccessibleInBothThemes(page);
});

test("decision failed: the row is back and marked, counted as unsent, and leaving asks first", async ({
  page,
  server,
}) => {
  server.on("POST", /review\/approve$/, () => ({ status: 500, json: error("internal", "The disk is full.") }));
  await open(page);
  await page.keyboard.press("a");
  await expect(page.locator(".queue-row.unsent")).toContainText("not saved");
  await expect(page.getByTestId("tally")).toContainText("1 decision unsent");
  await expect(page.getByRole("alert")).toContainText("Not saved: The disk is full.");
  await expectAccessibleInBothThemes(page);
  let asked = false;
  page.once("dialog", (dialog) => {
    asked = dialog.type() === "beforeunload";
    void dialog.accept();
  });
  await page.mouse.click(700, 300);
  await page.goto("/runs");
  expect(asked).toBe(true);
});

test("offline: what is loaded can be read, decisions are refused with the reason, and nothing waits to be sent", async ({
  page,
  server,
  context,
}) => {
  await open(page);
  await context.setOffline(true);
  await expect(page.locator(".banner")).toContainText("You are offline.");
  await expect(page.getByTestId("freshness")).toHaveText("offline");
  await expectBlocked(page, server);
  await expectAccessibleInBothThemes(page);
  await context.setOffline(false);
  await expect(page.getByRole("button", { name: "Approve" })).toBeEnabled();
  expect(decisions(server)).toHaveLength(0);
});

test("reconnect: the dot counts down what is missing, and a gap that cannot be replayed is fetched quietly", async ({
  page,
  server,
}) => {
  await open(page);
  await expect(page.getByTestId("freshness")).toContainText("live");
  server.logAt = 314;
  await server.cut();
  await expect(page.getByTestId("freshness")).toHaveText("catching up (214)", { timeout: 10_000 });
  await expectAccessibleInBothThemes(page);
  await expect(page.getByTestId("freshness")).toContainText("live");
  const before = server.called("GET", /review\/queue$/).length;
  await server.push({ topic: "review", type: "resync", id: 314, data: {} });
  await expect.poll(() => server.called("GET", /review\/queue$/).length).toBeGreaterThan(before);
  await expect(page.locator('[data-review="review-1"]')).toBeVisible();
});

test("403: which role is missing, and who can grant it", async ({ page, server }) => {
  server.json("GET", /session$/, { user: { ...USER, roles: [] }, csrf_token: "t" });
  await open(page);
  await expect(page.locator(".banner")).toContainText("needs the role reviewer, which an administrator can grant");
  await expectBlocked(page, server);
  expect(server.called("POST", /claim$/)).toHaveLength(0);
  server.json("GET", /execution\/runs$/, error("forbidden", "You lack the role operator."), 403);
  await page.goto("/runs");
  await expect(page.getByRole("alert")).toContainText("You lack the role operator.");
  await expect(page.getByRole("alert")).toContainText("An administrator can grant it");
  await expectAccessibleInBothThemes(page);
});

test("server error: request id and Retry in its pane, the rest of the page lives", async ({ page, server }) => {
  server.on("GET", /review\/review-1$/, () => ({
    status: 400,
    json: error("internal", "Something broke here."),
    headers: { "X-Request-ID": "req-4711" },
  }));
  await page.goto("/review/review-1");
  const item = page.getByRole("region", { name: "Item" });
  await expect(item.getByRole("alert")).toContainText("Request req-4711");
  await expect(page.getByRole("listbox").getByRole("option")).toHaveCount(5);
  await expectAccessibleInBothThemes(page);
  server.json("GET", /review\/review-1$/, wireReview());
  await item.getByRole("button", { name: "Try again" }).click();
  await expect(page.locator('[data-review="review-1"]')).toBeVisible();
});

test("backend without V2: the page explains the mode and leads to Rollout", async ({ page, server }) => {
  server.json("GET", /review\/queue$/, error("v2_not_installed", "The tables of V2 are not there."), 404);
  await page.goto("/review");
  const said = page.getByRole("alert");
  await expect(said).toContainText("This server runs in MVP mode");
  await expect(said.getByRole("link", { name: "Rollout" })).toHaveAttribute("href", "/rollout");
  await expectAccessibleInBothThemes(page);
});

test("huge code: plain text, and colours on request", async ({ page, server }) => {
  test.slow(); // axe looks at the text of 1,500 lines
  const code = Array.from({ length: 2000 }, (_, line) => `    total_${line} = "${line}"`).join("\n");
  const item = wireReview({ original_code: null, code, findings: [] });
  queue(server, [item], { pending: 1 });
  server.json("GET", /review\/review-1$/, item);
  await open(page);
  const pane = page.locator(".code-pane");
  await expect(pane).toContainText("Plain text: 2,007 lines");
  await expect(pane.locator(".tok-string")).toHaveCount(0);
  await expect(pane).toContainText("507 more lines");
  await expectAccessible(page); // its colours in the other theme are those of all code
  await pane.getByRole("button", { name: "Highlight" }).click();
  await expect(pane.locator(".tok-string").first()).toBeVisible();
  await pane.getByRole("button", { name: "Show them" }).click();
  await expect(pane).toContainText("total_1999");
});

test("unknown language: plain text, and still a diff", async ({ page, server }) => {
  const item = wireReview({ language: "cobol", findings: [] });
  queue(server, [item], { pending: 1 });
  server.json("GET", /review\/review-1$/, item);
  server.json("POST", /review\/claim$/, wireReviewRow({ language: "cobol", assigned_to: USER.username }));
  await open(page);
  await expect(page.locator(".code-pane")).toContainText("Plain text: no grammar for cobol.");
  await expect(page.locator(".code-pane tr.added")).toHaveCount(1);
  await expectAccessibleInBothThemes(page);
});

test("a changed contract: what it opens again, and the price, before anything is saved", async ({ page, server }) => {
  const impact = {
    ...NO_IMPACT,
    contract_changed: true,
    revalidate: 9,
    reopen: 3,
    cost_usd: 0.12,
    cost_reason: "3 atoms",
  };
  server.json("POST", /review\/check$/, { checks: [], passed: true, impact });
  await open(page);
  await page.keyboard.press("e");
  await expect(page.locator(".cm-content")).toBeFocused();
  await page.keyboard.type("# other ");
  await page.keyboard.press("Control+Enter");
  const said = page.getByRole("region", { name: "What saving sets off" });
  await expect(said).toContainText("Saving opens 3 atoms again and checks 9 atoms again. Expected price: $0.12");
  expect(decisions(server)).toHaveLength(0);
  await expectAccessibleInBothThemes(page);
  await page.getByRole("button", { name: "Save and reopen 3 atoms" }).click();
  await expect.poll(() => decisions(server)[0]?.body.code).toContain("# other");
});

test("a contract that nobody relies on is no reason to ask again", async ({ page, server }) => {
  const impact = { ...NO_IMPACT, contract_changed: true, revalidate: 0, cost_reason: "nothing is opened again" };
  server.json("POST", /review\/check$/, { checks: [], passed: true, impact });
  await open(page);
  await page.keyboard.press("e");
  await expect(page.locator(".cm-content")).toBeFocused();
  await page.keyboard.type("# other ");
  await page.keyboard.press("Control+Enter");
  await expect.poll(() => decisions(server)[0]?.body.code).toContain("# other");
});

test("without a model: sending back says why it cannot be done, and nothing is sent", async ({ page, server }) => {
  server.json("GET", /review\/review-1$/, wireReview({ model: null }));
  await open(page);
  await page.keyboard.press("r");
  await expect(page.locator(".toast")).toContainText("this run has no model. Set ANTHROPIC_API_KEY");
  await expect(page.getByRole("textbox", { name: /What should change/ })).toHaveCount(0);
  await page.getByRole("button", { name: "Regenerate" }).click();
  await expect(page.getByRole("textbox", { name: /What should change/ })).toHaveCount(0);
  expect(decisions(server)).toHaveLength(0);
});

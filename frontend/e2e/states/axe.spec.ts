import type { Page } from "@playwright/test";
import { expectAccessibleInBothThemes } from "../support/axe";
import { atom, discovery, planDetail } from "../support/cast";
import { expect, type MockServer, test } from "../support/mock";
import { commonWorld, runDetail } from "../support/world";

interface State {
  path: string;
  arrange?: (server: MockServer) => void;
  act?: (page: Page) => Promise<void>;
}

const item = async (page: Page) => {
  await expect(page.locator('[data-review="review-1"]')).toBeVisible();
  await page.waitForTimeout(200);
};
const itemThen = (key: string) => async (page: Page) => {
  await item(page);
  await page.keyboard.press(key);
};
const tableThen = (key: string) => async (page: Page) => {
  await expect(page.getByRole("table")).toBeVisible();
  await page.keyboard.press(key);
};
const noRows = { results: [], next: null, counts: { pending: 0, in_review: 0, done: 1, mine_today: 0 }, as_of_id: 1 };

const STATES: Record<string, State> = {
  "sign in": { path: "/login", arrange: (server) => server.json("GET", /session$/, { user: null, csrf_token: "t" }) },
  queue: { path: "/review/review-1", act: item },
  "split diff": { path: "/review/review-1", act: itemThen("m") },
  editing: {
    path: "/review/review-1",
    act: async (page) => {
      await item(page);
      await page.keyboard.press("e");
      await expect(page.locator(".cm-content")).toBeFocused();
    },
  },
  rejecting: { path: "/review/review-1", act: itemThen("x") },
  "empty queue": { path: "/review", arrange: (server) => server.json("GET", /review\/queue$/, noRows) },
  "queue in error": {
    path: "/review",
    arrange: (server) => server.json("GET", /review\/queue$/, { code: "bad", message: "No.", data: {} }, 400),
  },
  plans: { path: "/masterplans", act: (page) => expect(page.getByRole("table")).toBeVisible() },
  plan: { path: "/masterplans/plan-1", act: (page) => expect(page.getByRole("table")).toBeVisible() },
  "a new brief": { path: "/masterplans", act: (page) => page.getByRole("tab", { name: "From a brief" }).click() },
  "a plan from a brief": {
    path: "/masterplans/plan-1",
    arrange: (server) =>
      server.json(
        "GET",
        /masterplans\/plan-1\/$/,
        planDetail({ status: "draft", discovery: discovery(), latest_run: null }),
      ),
    act: (page) => expect(page.getByText("One library only.")).toBeVisible(),
  },
  runs: { path: "/runs", act: (page) => expect(page.getByRole("table")).toBeVisible() },
  run: {
    path: "/runs/run-1",
    act: async (page) => {
      await page.getByRole("button", { name: /Atomic/ }).click();
      await expect(page.getByText("First lines").first()).toBeVisible();
    },
  },
  "a run out of budget": {
    path: "/runs/run-1",
    arrange: (server) =>
      server.json("GET", /runs\/run-1$/, {
        ...runDetail(),
        status: "budget_stopped",
        cost_usd: 4.9,
        fell_back_at: "2026-11-20T10:01:00Z",
      }),
    act: (page) => expect(page.getByText("add budget to go on")).toBeVisible(),
  },
  atom: { path: "/atoms/atom-1?run=run-1", act: (page) => expect(page.getByText("In its file")).toBeVisible() },
  "atom in no run": {
    path: "/atoms/atom-1",
    arrange: (server) =>
      server.json("GET", /atoms\/atom-1$/, {
        ...atom(),
        run: null,
        file: null,
        needs: [],
        criteria: [],
        attempts: [],
        decisions: [],
        edges: { needs: [], needed_by: [] },
        context: {},
        context_pack: { ...atom().context_pack, uses: [], callers: [], tests: [], place: [], left_out: 0 },
      }),
    act: (page) => expect(page.getByText("Nothing of the plan is needed")).toBeVisible(),
  },
  keys: {
    path: "/runs",
    act: tableThen("?"),
  },
  palette: {
    path: "/runs",
    act: tableThen("Control+k"),
  },
};

for (const [name, state] of Object.entries(STATES)) {
  test(`${name}, light and dark`, async ({ page, server }) => {
    commonWorld(server);
    state.arrange?.(server);
    await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
    await page.goto(state.path);
    await expect(page.locator("[data-ready=true]").first()).toBeVisible();
    await state.act?.(page);
    await page.waitForTimeout(150);
    await expectAccessibleInBothThemes(page);
  });
}
